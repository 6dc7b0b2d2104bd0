"""Projects that lived through what the server did not: taken up after a restore.

A restore shows every project as stopped. Where the node was another machine its apps
may run on: it is asked, and what has any is started, which leaves them as they are.
"""

from twisted.internet.interfaces import IReactorTime

from aen.model.counting import counted
from aen.model.errors import AenError, Unavailable
from aen.model.projects import Project, State
from aen.model.tasks import Kind
from aen.server.running import Running
from aen.server.store.projects import ProjectRecords
from aen.server.tasks import Tasks, project_key
from aen.wire import routes
from aen.wire.messages import LaunchList, ProjectQuestion

SILENT_SECONDS = 60.0
"""How long to wait before a node that did not answer is asked again."""
_PATIENCE = 5.0
"""Seconds a node may take to answer."""
_AT_ONCE = 20


class Survivors:
    """Asks nodes for what ran when the backup was made."""

    def __init__(
        self,
        projects: ProjectRecords,
        running: Running,
        tasks: Tasks,
        clock: IReactorTime,
    ) -> None:
        self._projects = projects
        self._running = running
        self._tasks = tasks
        self._clock = clock

    async def look(self) -> str:
        """Take up what runs; say how much that was."""
        found, now = 0, self._clock.seconds()
        for project in await self._projects.perhaps_running(now, _AT_ONCE):
            try:
                runs = project.state is State.STOPPED and await self._runs(project)
            except Unavailable:
                await self._projects.ran_due(project.id, now + SILENT_SECONDS)
                continue
            except AenError:
                runs = False  # its node, or its data center, is no more
            if runs:
                key, about = project_key(project.id), {"project": project.id}
                await self._tasks.add(Kind.START_PROJECT, key, about, "")
                found += 1
            await self._projects.ran_due(project.id, None)
        return f"Taken up again: {counted(found, 'project')}." if found else ""

    async def _runs(self, project: Project) -> bool:
        if project.node is None:
            return False
        question = ProjectQuestion(project.id)
        told = await self._running.ask(
            project, routes.LAUNCHES, question, LaunchList, _PATIENCE
        )
        return any(one.project_id == project.id for one in told.launches)
