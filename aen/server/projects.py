"""Projects: making, finding and changing them, and asking for them to run."""

import secrets
from collections.abc import Collection
from typing import Any

from attrs import evolve

from aen.model.administration import Area, demand_area
from aen.model.audit import Act
from aen.model.errors import Changed, Conflict, Forbidden
from aen.model.names import ProjectPath, parse_project_path
from aen.model.permissions import (
    SCOPES,
    Action,
    demand,
    demand_superuser,
)
from aen.model.projects import Problem, Project, State, Visibility, edition
from aen.model.rights import Needs, Right, person, takes
from aen.model.tasks import Kind, Task
from aen.model.users import Caller
from aen.server import profile
from aen.server.choices import chosen
from aen.server.project_desk import ProjectParts, being_moved, no_account, still
from aen.server.records import NewProject, Page, ProjectChanges
from aen.server.shipping import Shipping
from aen.server.store.project_finder import Looking

__all__ = ["ProjectParts", "Projects"]

MAKES_PROJECTS = person("project:create")
COPIES = Right(Needs.PERSON, Action.READ_FILES)
"""Whoever may read the files; no limited tokens, as a project is made."""
_MOST_MINE = 500
_SILENT = (
    "The node “{node}” does not answer at the moment. What runs on it may go on;"
    " if it stays away, an administrator has to look after it."
)


class Projects(Shipping):
    """What can be done with projects; every method asks the permission table."""

    # -- finding

    async def at(self, caller: Caller | None, path: ProjectPath) -> Project:
        """Return the project at *path*; to strangers it does not exist."""
        project = await self.allowed(caller, path, Action.VIEW)
        if project.state is not State.RUNNING or project.node is None:
            return project
        health = await self._centers.node_health(project.data_center, project.node)
        if health is None or health.answering:
            return project
        return evolve(project, problem=Problem(_SILENT.format(node=project.node)))

    async def public(self, path: ProjectPath) -> Project:
        """Return the project at *path*, for its public folder: open to everybody.

        Links to the folder outlive other names of the project.

        :raises NotFound: there is none, nor was there one that is elsewhere now.
        """
        found = await self._records.at(path)
        return still(found or await self._records.formerly(path))

    async def mine(self, caller: Caller, most: int = _MOST_MINE) -> tuple[Project, ...]:
        """Return what the caller owns or is in the team of, changed last first."""
        found = await self._records.of_person(caller.user.name, most)
        if caller.project is not None:
            found = [one for one in found if one.id == caller.project]
        return tuple(found) if _may_list(caller) else ()

    async def listing(  # noqa: PLR0913, PLR0917 -- what can be asked for
        self,
        caller: Caller | None,
        q: str = "",
        tag: str = "",
        owner: str = "",
        visibility: str = "",
        cursor: str | None = None,
        limit: int = 50,
        *,
        shared: bool = False,
    ) -> Page[Project]:
        """Return the projects the caller may see, the best fitting first.

        :param shared: only those whose team the caller is in.
        """
        if not _may_list(caller):
            raise Forbidden("This token may not read projects.")
        if visibility:
            chosen(Visibility, visibility, "visibility")
        looking = Looking(
            reader=_reader(caller),
            only=None if caller is None else caller.project,
            q=q[:100],
            tag=tag.strip().lower()[:40],
            owner=owner[:32],
            visibility=visibility,
            member=caller.user.name if shared and caller is not None else "",
        )
        return await self._records.finder.page(looking, cursor, limit)

    # -- making and changing

    async def create(
        self, caller: Caller, new: NewProject, source: str = ""
    ) -> Project:
        """Make a project; it has no files before it is started.

        :param source: the id of a project whose files are to be copied.
        :raises Taken: its owner has one of that name, in whatever case.
        """
        if not takes(MAKES_PROJECTS, caller):
            raise Forbidden("This token may not make projects.")
        owner = await self._owner(caller, new.owner)
        path = parse_project_path(owner, new.name)
        visibility = (await self._site.values()).default_visibility
        if new.visibility:
            visibility = chosen(Visibility, new.visibility, "visibility")
        center = await self._centers.choose(new.data_center)
        await self._centers.demand_person(center.name, owner, "owner")
        now = self._clock.seconds()
        project = Project(
            id=secrets.token_hex(12),
            path=path,
            data_center=center.name,
            visibility=visibility,
            summary=profile.summary(new.summary),
            description=profile.description(new.description),
            tags=profile.tags(new.tags),
            created=now,
            updated=now,
            source=source,
        )
        await self._records.add(project)
        if await self._records.has_files_at(path, project.id):
            await self._records.remove(project.id)
            raise being_moved(path)
        if (moved := await self._records.formerly(path)) is not None:
            await self._drop(moved, "Another project is at this address now.")
        await self._audit.note(Act.PROJECT_MADE, caller, project=project)
        return project

    async def duplicate(self, caller: Caller, path: ProjectPath, name: str) -> Task:
        """Have a project made that holds what another one does, as the caller's.

        It is private and has no team. What the caller may not read is left out.

        :raises Taken: the caller has a project of that name.
        """
        source = await self.allowed(caller, path, Action.READ_FILES)
        if source.home is not None:
            raise being_moved(source.home)
        if source.source:
            raise Conflict("The project is being copied itself; try again later.")
        new = NewProject(
            name,
            Visibility.PRIVATE.value,
            source.summary,
            source.description,
            source.tags,
            source.data_center,
        )
        made = await self.create(caller, new, source.id)
        await self._audit.note(
            Act.PROJECT_COPIED, caller, project=source, to=str(made.path)
        )
        return await self._task(Kind.COPY_PROJECT, caller, made)

    async def _owner(self, caller: Caller, asked: str | None) -> str:
        if asked is None or asked == caller.user.name:
            return caller.user.name
        demand_superuser(caller)
        found = await self._archive.users.named(asked)
        if found is None:
            raise no_account("owner", asked)
        return found.name

    async def edit(
        self,
        caller: Caller,
        path: ProjectPath,
        changes: ProjectChanges,
        known: Collection[str] | None = None,
    ) -> Project:
        """Change what is not None in *changes*.

        :param known: editions the caller may have seen; None: they do not mind which.
        :raises Changed: the project's edition is none of *known*.
        """
        project = await self.allowed(caller, path, Action.EDIT)
        if known is not None and edition(project) not in known:
            raise _overtaken(path)
        fields = _described(changes)
        if changes.visibility is not None:
            demand(caller, Action.ADMINISTER, project)
            wanted = chosen(Visibility, changes.visibility, "visibility")
            fields["visibility"] = wanted.value
        if not fields:
            return project
        seen = None if known is None else project
        edited = await self._records.edit(project.id, fields, self._now, seen)
        if edited is None and await self._records.with_id(project.id) is not None:
            raise _overtaken(path)
        changed = still(edited)
        if changed.visibility is not project.visibility:
            await self._drop(changed, "The visibility of the project has changed.")
        facts = _changed(project, changed)
        if facts:
            await self._audit.note(
                Act.PROJECT_CHANGED, caller, project=changed, facts=facts
            )
        return changed

    # -- running

    async def start(self, caller: Caller, path: ProjectPath) -> Task:
        """Have the project started; asked again meanwhile, it is the same task."""
        project = await self._startable(caller, path)
        act = Act.PROJECT_STARTED
        return await self._noted_task(Kind.START_PROJECT, act, caller, project)

    async def stop(self, caller: Caller, path: ProjectPath) -> Task:
        """Have everything that runs in the project ended."""
        project = await self.allowed(caller, path, Action.RUN)
        act = Act.PROJECT_STOPPED
        return await self._noted_task(Kind.STOP_PROJECT, act, caller, project)

    async def end(self, caller: Caller, key: str) -> Task:
        """Have everything that runs in anybody's project ended; for administrators."""
        demand_area(caller, Area.APPS)
        project = still(await self._records.with_id(key))
        act = Act.PROJECT_STOPPED
        return await self._noted_task(Kind.STOP_PROJECT, act, caller, project)

    async def reset(self, caller: Caller, path: ProjectPath) -> Task:
        """Have the project stopped, mended, its rights set anew; it starts again."""
        project = await self._startable(caller, path)
        act = Act.PROJECT_RESET
        return await self._noted_task(Kind.RESET_PROJECT, act, caller, project)

    async def delete(self, caller: Caller, path: ProjectPath) -> Task:
        """Have the project stopped, its files removed and its record with them."""
        project = await self.allowed(caller, path, Action.ADMINISTER)
        act = Act.PROJECT_DELETED
        return await self._noted_task(Kind.DELETE_PROJECT, act, caller, project)

    async def _startable(self, caller: Caller, path: ProjectPath) -> Project:
        project = await self.allowed(caller, path, Action.RUN)
        user = caller.user.name
        await self._centers.demand_person(project.data_center, user, "user")
        return project


def _described(changes: ProjectChanges) -> dict[str, Any]:
    """Return the fields of what *changes* say in words.

    :raises Invalid: names what is wrong.
    """
    fields: dict[str, Any] = {}
    if changes.summary is not None:
        fields["summary"] = profile.summary(changes.summary)
    if changes.description is not None:
        fields["description"] = profile.description(changes.description)
    if changes.tags is not None:
        fields["tags"] = list(profile.tags(changes.tags))
    return fields


def _overtaken(path: ProjectPath) -> Changed:
    return Changed(
        f"Somebody has changed {path} since you looked. Nothing of yours was saved:"
        " look at what it is now, then save again."
    )


def _changed(before: Project, after: Project) -> dict[str, str]:
    """Return what has changed, for the log: texts at length are only named."""
    facts = {}
    if before.visibility is not after.visibility:
        facts["visibility"] = after.visibility.value
    if before.summary != after.summary:
        facts["summary"] = after.summary
    if before.tags != after.tags:
        facts["tags"] = ", ".join(after.tags)
    if before.description != after.description:
        facts["description"] = "changed"
    return facts


def _may_list(caller: Caller | None) -> bool:
    if caller is None or caller.scopes is None:
        return True
    return any(Action.VIEW in SCOPES.get(scope, ()) for scope in caller.scopes)


def _reader(caller: Caller | None) -> str | None:
    if caller is None:
        return ""
    return None if caller.is_superuser else caller.user.name
