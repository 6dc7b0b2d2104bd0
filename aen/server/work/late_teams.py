"""Teams that have not reached their files yet: tried again once the node answers."""

from twisted.internet.interfaces import IReactorTime

from aen.model.counting import counted
from aen.model.names import PlaceName
from aen.model.projects import Project
from aen.server.store.archive import Archive
from aen.server.tasks import Tasks

REFUSED_SECONDS = 600.0
"""How long to wait after a node has tried, and did not succeed."""
_AT_ONCE = 50


class LateTeams:
    """Asks for the tasks that failed because a node was away, or could not."""

    def __init__(self, archive: Archive, tasks: Tasks, clock: IReactorTime) -> None:
        self._archive = archive
        self._tasks = tasks
        self._clock = clock

    async def look(self) -> str:
        """Have each team applied that is due and whose node answers; say how many."""
        asked, now = 0, self._clock.seconds()
        for project in await self._archive.projects.late_teams(now, _AT_ONCE):
            if await self._answers(project):
                # Until that has an end nobody asks again.
                later = now + REFUSED_SECONDS
                await self._archive.projects.team_due(project.id, later)
                await self._tasks.apply_team(project.id)
                asked += 1
        return f"Asked again of {counted(asked, 'project')}." if asked else ""

    async def _answers(self, project: Project) -> bool:
        health = await self._archive.centers.health(project.data_center)
        known = None if project.node is None else health.get(PlaceName(project.node))
        return known is not None and known.answering
