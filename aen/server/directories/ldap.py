"""Accounts in an LDAP directory or Active Directory."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from attrs import evolve

from aen.model.errors import Unavailable
from aen.server.directories.directory import Person, Reason, Refusal, Say, Step
from aen.server.directories.ldap_connect import Connector, Trouble
from aen.server.directories.ldap_settings import LdapSettings, Place
from aen.server.directories.ldap_visit import Visit

T = TypeVar("T")
_LOOK = "Look at the directory's own log and load."


class Ldap:
    """Finds people by a search, and binds as them to check their passwords.

    A connection each: signing in is rare, and a connection that was bound as one
    person never serves another.
    """

    def __init__(self, settings: LdapSettings, reactor: Any) -> None:
        self._settings = settings
        self._connector = Connector(settings, reactor)
        self._places = list(settings.places)

    async def check(self, name: str, password: str) -> Person | Refusal:
        """Return whose name and password these are, or why it is nobody's."""
        if not password:
            # A bind without a password succeeds: as nobody (RFC 4513, 5.1.2).
            return Refusal(Reason.WRONG, "no password was given")
        return await self._ask(name, password)

    async def look(self, name: str) -> Person | Refusal:
        """Return who is found by that user name.

        Without an account that searches nobody can be: everybody may be there.
        """
        if self._settings.direct:
            return Person(name)
        return await self._ask(name, None)

    async def ping(self) -> None:
        """Return when a directory answers, and takes `BIND_DN`."""

        async def visit(one: Visit) -> None:
            if not self._settings.direct:
                await one.bind_service()

        await self._anywhere(visit)

    async def walk(self, name: str, password: str | None, say: Say) -> None:
        """Say each step, in every directory of `URI`."""
        for place in self._settings.places:
            await self._walk(place, name, password, say)

    async def _walk(
        self, place: Place, name: str, password: str | None, say: Say
    ) -> None:
        def told(step: Step) -> None:
            say(evolve(step, text=f"{place.uri}: {step.text}"))

        try:
            told(Step(True, await self._connector.resolve(place)))
            link = await self._connector.connect(place, told)
            try:
                visit = Visit(link, self._settings, told)
                if name or not self._settings.direct:
                    await visit.show(name, password)
            finally:
                await link.close()
        except Unavailable as error:
            mend = error.mend if isinstance(error, Trouble) else _LOOK
            told(Step(False, f"{error.message}.", mend))

    async def _ask(self, name: str, password: str | None) -> Person | Refusal:
        async def visit(one: Visit) -> Person | Refusal:
            return await one.check(name, password)

        return await self._anywhere(visit)

    async def _anywhere(self, work: Callable[[Visit], Awaitable[T]]) -> T:
        """Do *work* with the first directory that can, the last good one first."""
        problems = []
        for place in tuple(self._places):
            try:
                link = await self._connector.connect(place, _silent)
                try:
                    found = await work(Visit(link, self._settings, _silent))
                finally:
                    await link.close()
            except Unavailable as error:
                problems.append(f"{place.uri}: {error.message}")
                continue
            self._places.sort(key=lambda one: one is not place)
            return found
        raise Unavailable("; ".join(problems))


def _silent(_: Step) -> None:
    """Say nothing."""
