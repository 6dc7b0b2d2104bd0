"""What happened in a project: a page, and a few lines on the project's own page."""

from aen.model.activity import Topic
from aen.model.permissions import Action
from aen.model.rights import in_project
from aen.server.web.projects import FEW, at
from aen.server.web.view import Frame, view
from aen.server.web.visit import Answer, Page, Visit


class ActivityPages:
    """``/<owner>/<project>/activity``."""

    def __init__(self, frame: Frame) -> None:
        self._activity = frame.rooms.activity

    @view("/<owner>/<name>/activity", right=in_project(Action.VIEW, visitors=True))
    async def activity(self, visit: Visit, owner: str, name: str) -> Answer:
        """Show what happened, or to the page's script the last of it."""
        path, query = at(owner, name), visit.query
        if visit.partial:
            project, found = await self._activity.feed(visit.caller, path, limit=FEW)
            values = {"project": project, "happened": found.items}
            return Page("part/activity.html", values)
        topic = query.line("topic")
        project, found = await self._activity.feed(
            visit.caller, path, query["cursor"] or None, topic=topic
        )
        topics = tuple(one.value for one in Topic)
        return Page(
            "activity.html",
            {"project": project, "found": found, "topic": topic, "topics": topics},
        )
