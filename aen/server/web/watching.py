"""Who may follow which projects, for the streams of pages."""

from collections.abc import Iterable

from aen.model.errors import AenError, Unavailable
from aen.model.names import ProjectPath
from aen.model.projects import Project
from aen.server.events import project_topic
from aen.server.rooms import Rooms
from aen.server.web.live import Subject
from aen.server.web.visit import Visit


def watching(
    rooms: Rooms,
    visit: Visit,
    projects: Iterable[Project],
    path: ProjectPath | None = None,
) -> Subject:
    """Return the right of this visit to follow *projects*.

    It ends with the session and, for the page of one project (*path*), when the
    project is closed to the visitor.
    """
    session = visit.session

    async def allowed() -> bool:
        try:
            caller = None
            if session is not None:
                caller = await rooms.access.caller_of_session(session)
                if caller is None:
                    return False
            if path is not None:
                await rooms.projects.at(caller, path)
        except Unavailable:
            return True  # nothing was taken away; the store is down
        except AenError:
            return False
        return True

    caller = visit.caller
    return Subject(
        key=(caller.session or "") if caller else f"visitor {visit.address}",
        user_id=caller.user.id if caller else "",
        topics={project_topic(one.id): {"project": str(one.path)} for one in projects},
        allowed=allowed,
    )
