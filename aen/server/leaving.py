"""Closing an account: first it is said what becomes of each project."""

import enum
from collections.abc import Mapping
from typing import Protocol

from attrs import frozen

from aen.model.audit import Act
from aen.model.errors import Conflict, Invalid
from aen.model.names import ProjectPath
from aen.model.projects import Project
from aen.model.tasks import Kind, Task
from aen.model.users import Caller, User
from aen.server.access import Access
from aen.server.accounts import Accounts
from aen.server.audit import Audit
from aen.server.mail.letters import LetterKind, moment
from aen.server.mail.post import Mail
from aen.server.store.archive import Archive
from aen.server.store.project_finder import Looking
from aen.server.tasks import Tasks

_PAGE = 200
DELETE = ""
"""What is said of a project that is to be deleted; else it is who gets it."""


class Then(enum.Enum):
    """What becomes of the account itself."""

    REMOVE = "remove"
    DISABLE = "disable"


class Handing(Protocol):
    """What gives projects away and deletes them."""

    async def transfer(
        self, caller: Caller, path: ProjectPath, to: str, *, stay: bool = False
    ) -> Task:
        """Give a project to somebody else."""
        ...

    async def delete(self, caller: Caller, path: ProjectPath) -> Task:
        """Have a project deleted."""
        ...


@frozen
class Wishes:
    """What is to become of projects and account."""

    projects: Mapping[str, str]
    """By path: who gets the project, or `DELETE`."""
    rest: str | None = None
    """Who gets the projects of which nothing is said."""
    then: Then = Then.REMOVE

    def of(self, project: Project) -> str | None:
        """Return what is to become of *project*; None: nothing was said."""
        return self.projects.get(str(project.path), self.rest)


@frozen
class Outcome:
    """What was done."""

    given: int
    deleted: int
    removed: bool
    """Whether the account is gone already; else when its projects are."""


@frozen
class Leaving:
    """Closes accounts: their owner's wish, or an administrator's act."""

    accounts: Accounts
    access: Access
    projects: Handing
    archive: Archive
    tasks: Tasks
    audit: Audit
    mail: Mail

    async def owned(self, caller: Caller, name: str) -> tuple[Project, ...]:
        """Return every project of whoever is called *name*; for them and superusers."""
        user = await self.access.user(name)
        await self.accounts.demand_may_go(caller, user)
        return await self._owned(user)

    async def _owned(self, user: User) -> tuple[Project, ...]:
        looking = Looking(reader=None, owner=user.name)
        found: list[Project] = []
        cursor: str | None = None
        while True:
            page = await self.archive.projects.finder.page(looking, cursor, _PAGE)
            found += page.items
            cursor = page.next
            if cursor is None:
                return tuple(found)

    async def close_own(self, caller: Caller, password: str, wishes: Wishes) -> Outcome:
        """Close the caller's own account.

        :raises Invalid: the password is wrong, or nothing is said of a project.
        """
        await self.accounts.demand_may_go(caller, caller.user)
        await self.access.demand_password(caller, password, "password")
        own = Wishes(wishes.projects, None, Then.REMOVE)
        return await self._close(caller, caller.user, own)

    async def close(self, caller: Caller, name: str, wishes: Wishes) -> Outcome:
        """Close somebody's account; for administrators.

        With `Then.DISABLE` projects of which nothing is said stay as they are.
        """
        user = await self.access.user(name)
        if user.id == caller.user.id:
            raise Conflict("Close your own account on its own page.")
        await self.accounts.demand_may_go(caller, user, own=False)
        return await self._close(caller, user, wishes)

    async def _close(self, caller: Caller, user: User, wishes: Wishes) -> Outcome:
        owned = await self._owned(user)
        removes = wishes.then is Then.REMOVE
        plan = _plan(owned, wishes, whole=removes)
        own = caller.user.id == user.id
        await self._check_receivers(user, plan, among_team=own)
        # What may be refused comes first: then nothing is lost yet.
        for project, to in plan:
            if to != DELETE:
                await self.projects.transfer(caller, project.path, to)
        for project, to in plan:
            if to == DELETE:
                await self.projects.delete(caller, project.path)
        given = sum(to != DELETE for _, to in plan)
        facts = {
            "given away": str(given),
            "deleted": str(len(plan) - given),
            "account": "removed" if removes else "disabled",
        }
        act = Act.ACCOUNT_CLOSED
        await self.audit.note(act, caller, user=user.name, facts=facts)
        await self.accounts.shut(user)
        await self._tell(user, "yourself" if own else "an administrator")
        removed = removes and await self._remove(caller, user)
        return Outcome(given, len(plan) - given, removed)

    async def _tell(self, user: User, who: str) -> None:
        """Write to *user* that the account is closed, whoever did it."""
        if user.email:
            now = moment(self.mail.clock.seconds())
            facts = {"Account": user.name, "When": now, "By": who}
            await self.mail.post(LetterKind.CLOSED, user.id, facts, user.email)

    async def _check_receivers(
        self, user: User, plan: list[tuple[Project, str]], *, among_team: bool
    ) -> None:
        """Refuse before anything is done what would be refused in between."""
        for project, to in plan:
            if to == DELETE:
                continue
            found = await self.archive.users.named(to)
            member = any(one.user == to for one in project.team)
            if found is None or found.disabled or found.id == user.id:
                raise _wrong(project, f"“{to}” cannot get it: no such account.")
            if among_team and not member:
                raise _wrong(project, f"“{to}” is not in the team of {project.path}.")

    async def _remove(self, caller: Caller, user: User) -> bool:
        """Remove the account, at once or by a task when its projects are gone."""
        if not await self.archive.projects.owned(user.name):
            await self.accounts.forget(caller, user)
            return True
        key, arguments = f"account:{user.id}", {"user": user.id}
        by = caller.user.name
        await self.tasks.add(Kind.REMOVE_ACCOUNT, key, arguments, by)
        return False


def _plan(
    owned: tuple[Project, ...], wishes: Wishes, *, whole: bool
) -> list[tuple[Project, str]]:
    """Return what becomes of each project, or `Invalid` when something is not said."""
    known = {str(one.path) for one in owned}
    for path in wishes.projects:
        if path not in known:
            message = f"“{path[:140]}” is no project of this account."
            raise Invalid(message, fields={"projects": message})
    plan = []
    for project in owned:
        to = wishes.of(project)
        if to is not None:
            plan.append((project, to))
        elif whole:
            raise _wrong(project, f"Say what is to become of {project.path}.")
    return plan


def _wrong(project: Project, message: str) -> Invalid:
    return Invalid(message, fields={"projects": message, str(project.path): message})
