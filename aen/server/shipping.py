"""Moving projects to another data center: asked for here, done by a worker.

The record says where a project is, all the time: where it was, until its files are
whole in the other place, and there from then on.
"""

from aen.model.audit import Act
from aen.model.errors import Conflict, Invalid
from aen.model.names import ProjectPath
from aen.model.permissions import Action
from aen.model.projects import Project
from aen.model.tasks import Kind, Task
from aen.model.users import Caller
from aen.server.moves import Moves
from aen.server.tasks import left_key

_AT_ONCE = 50
_LATER = 3600.0
"""Seconds before what could not be removed is tried again."""


class Shipping(Moves):
    """Has projects moved to other data centers."""

    async def ship(self, caller: Caller, path: ProjectPath, data_center: str) -> Task:
        """Move a project to another data center; it is stopped for that.

        :raises Invalid: there is no such data center, or it is there already.
        :raises Conflict: files of an earlier move are still to be removed.
        :raises Forbidden: somebody of its team may not work there.
        """
        project = await self.allowed(caller, path, Action.ADMINISTER)
        center = await self._centers.choose(data_center)
        if center.name == project.data_center:
            raise _wrong(f"The project is in “{center.name}” already.")
        if not center.nodes:
            raise _wrong(f"The data center “{center.name}” has no compute node yet.")
        if project.left is not None:
            raise Conflict(
                f"Files of the project are still being removed in"
                f" “{project.left.data_center}”, where it was; try again later."
            )
        for name in (project.path.owner, *(one.user for one in project.team)):
            await self._centers.demand_person(center.name, name, "data_center")
        task = await self._task(
            Kind.SHIP_PROJECT, caller, project, {"data_center": center.name}
        )
        if task.arguments["data_center"] != center.name:
            raise Conflict(f"The project {task.kind.nature.busy}.")
        await self._audit.note(
            Act.PROJECT_MOVED, caller, project=project, to=str(center.name)
        )
        return task

    async def clear_left(self) -> str:
        """Ask again for what moved projects left to be removed; return what was."""
        asked = 0
        for project in await self._records.shipments.with_left(_AT_ONCE):
            asked += await self._clear(project)
        return f"What {asked} moved projects left is removed." if asked else ""

    async def _clear(self, project: Project) -> bool:
        assert project.left is not None
        key = left_key(project.left.id)
        last = await self._tasks.last(key)
        if last is not None and (
            not last.state.ended or last.updated > self._now - _LATER
        ):
            return False
        await self._tasks.add(Kind.CLEAR_LEFT, key, {"project": project.id}, "")
        return True


def _wrong(message: str) -> Invalid:
    return Invalid(message, fields={"data_center": message})
