"""The log of who did what: written by the use cases, read by whom it concerns."""

import secrets
from collections.abc import Mapping
from typing import Protocol

from aen.model.administration import Area, demand_area
from aen.model.audit import About, Act, Entry
from aen.model.permissions import demand_whole
from aen.model.projects import Project
from aen.model.users import Caller
from aen.server import profile
from aen.server.choices import chosen
from aen.server.records import Page
from aen.server.store.audit import AuditRecords, Seeking

_LONGEST = 300  # characters of one detail


class Clock(Protocol):
    """What tells the time."""

    def seconds(self) -> float:
        """Return seconds since the epoch."""
        ...


class Audit:
    """Notes acts and shows them."""

    def __init__(self, records: AuditRecords, clock: Clock) -> None:
        self._records = records
        self._clock = clock

    async def note(
        self,
        act: Act,
        by: Caller | str | None,
        *,
        user: str = "",
        project: Project | None = None,
        address: str = "",
        facts: Mapping[str, str] | None = None,
        **details: str,
    ) -> None:
        """Add an entry; it is in the store when this returns.

        :param by: who did it; a name where nobody was authenticated; None: the
            platform itself, or the operator at the command line.
        :param user: the name of the account it was done to.
        :param address: where the request came from, unless *by* tells.
        :param facts: further words for people, by name; never a secret.
        :param details: the same, where the names are known.
        """
        known = by.user.name if isinstance(by, Caller) else by or ""
        came = by.address if isinstance(by, Caller) else ""
        entry = Entry(
            id=secrets.token_urlsafe(12),
            at=self._clock.seconds(),
            act=act,
            by=profile.cleaned(known, 64),
            user=user,
            project="" if project is None else project.id,
            path="" if project is None else str(project.path),
            address=profile.cleaned(address or came, 64),
            details={
                name: profile.cleaned(text, _LONGEST)
                for name, text in {**(facts or {}), **details}.items()
            },
        )
        await self._records.add(entry)

    async def own(
        self,
        caller: Caller,
        cursor: str | None = None,
        limit: int = 50,
        about: str = "",
    ) -> Page[Entry]:
        """Return what the caller did and what was done to their account.

        :param about: the value of an `About`, to have that kind only.
        """
        demand_whole(caller)
        acts = chosen(About, about, "about").acts if about else ()
        seeking = Seeking(caller.user.name, acts=acts)
        return await self._records.page(seeking, cursor, limit)

    async def of_project(
        self,
        project: Project,
        cursor: str | None = None,
        limit: int = 50,
        acts: tuple[Act, ...] = (),
    ) -> Page[Entry]:
        """Return what was done to a project; who may see it is asked before.

        :param acts: to have only these.
        """
        seeking = Seeking(project=project.id, acts=acts)
        return await self._records.page(seeking, cursor, limit)

    async def everything(
        self,
        caller: Caller,
        seeking: Seeking,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page[Entry]:
        """Return entries of everybody; for administrators."""
        demand_area(caller, Area.LOG)
        return await self._records.page(seeking, cursor, limit)
