"""Renaming projects and giving them to others: the record at once, files by a task.

What runs is ended first. A project that ran is started again under its new name, but
not for a new owner: they did not ask for it. The former path leads to the new one until
another project takes it; while files are still there nobody can.
"""

from aen.model.audit import Act
from aen.model.counting import counted
from aen.model.errors import Conflict
from aen.model.names import ProjectPath, parse_project_name
from aen.model.permissions import Action
from aen.model.projects import Member, Project, State, TeamRole
from aen.model.tasks import Kind, Task
from aen.model.users import Caller
from aen.server.events import project_topic
from aen.server.project_desk import being_moved, no_account
from aen.server.tasks import project_key
from aen.server.teams import Teams

_AT_ONCE = 50
_LATER = 600.0
"""Seconds before files that could not be moved are tried again."""
_CHANGED = "The project has changed meanwhile; look again, then try again."
_FIRST = (Kind.DELETE_PROJECT, Kind.SHIP_PROJECT)
"""What is to be done before a project can get another path."""
_WHY = "The project has another address now."


class Moves(Teams):
    """Gives projects other names and other owners."""

    async def rename(self, caller: Caller, path: ProjectPath, name: str) -> Task:
        """Give a project another name; it is stopped for that, and started again.

        :raises Taken: its owner has one of that name.
        """
        project = await self.allowed(caller, path, Action.ADMINISTER)
        to = ProjectPath(project.path.owner, parse_project_name(name))
        if to == project.path:
            raise Conflict(f"The project is called “{to.name}” already.")
        task = await self._move(caller, project, to, again=True)
        await self._audit.note(Act.PROJECT_RENAMED, caller, project=project, to=str(to))
        return task

    async def transfer(
        self, caller: Caller, path: ProjectPath, to: str, *, stay: bool = False
    ) -> Task:
        """Give a project to somebody else; it is stopped for that.

        :param stay: whether the former owner stays in the team, as a maintainer.
        :raises Taken: the receiver has one of that name.
        :raises Forbidden: the receiver may not own projects.
        """
        project = await self.allowed(caller, path, Action.ADMINISTER)
        found = await self._archive.users.named(to)
        if found is None:
            raise no_account("owner", to)
        before = project.path.owner
        if found.name == before:
            raise Conflict(f"“{to}” owns the project already.")
        if found.disabled:
            raise Conflict(f"The account “{to}” is disabled; choose another.")
        await self._centers.demand_person(project.data_center, found.name, "owner")
        stays = Member(before, TeamRole.MAINTAINER) if stay else None
        new = ProjectPath(found.name, project.path.name)
        task = await self._move(caller, project, new, stays)
        if stays is None:
            await self._end_apps(project, before)
        await self._audit.note(
            Act.PROJECT_TRANSFERRED,
            caller,
            user=found.name,
            project=project,
            to=str(new),
        )
        return task

    async def settle_moves(self) -> str:
        """Ask for the moves that are late; return what was done."""
        asked = 0
        for project in await self._records.unsettled(_AT_ONCE):
            key = project_key(project.id)
            last = await self._tasks.last(key)
            recent = (
                last is not None
                and last.kind is Kind.MOVE_PROJECT
                and last.updated > self._now - _LATER
            )
            if recent or await self._tasks.active(key) is not None:
                continue
            arguments = {"project": project.id}
            await self._tasks.add(Kind.MOVE_PROJECT, key, arguments, "")
            asked += 1
        if not asked:
            return ""
        return f"The files of {counted(asked, 'project')} are moved again."

    async def _move(
        self,
        caller: Caller,
        project: Project,
        to: ProjectPath,
        stays: Member | None = None,
        *,
        again: bool = False,
    ) -> Task:
        active = await self._tasks.active(project_key(project.id))
        if active is not None and active.kind in _FIRST:
            raise Conflict(f"The project {active.kind.nature.busy}.")
        if await self._records.has_files_at(to, project.id):
            raise being_moved(to)
        changed = await self._records.move(project, to, stays, self._now)
        if changed is None:
            raise Conflict(_CHANGED)
        await self._drop(changed, _WHY)
        more = {"start": again and changed.state in (State.STARTING, State.RUNNING)}
        task = await self._task(Kind.MOVE_PROJECT, caller, changed, more)
        told = {"owner": to.owner, "name": to.name}
        await self._events.publish(project_topic(project.id), "moved", told)
        return task
