"""Passwords: the rules for new ones, and argon2 (RFC 9106) in a thread."""

from collections.abc import Awaitable, Callable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from twisted.internet.interfaces import IReactorFromThreads
from twisted.internet.threads import deferToThreadPool
from twisted.python.threadpool import ThreadPool

from aen.model.errors import Invalid
from aen.server.queue import Queue

LONGEST = 1024
"""Characters of a password; more is nobody's password."""

RunApart = Callable[[Callable[[], str]], Awaitable[str]]
"""Runs a slow function away from the reactor and gives its result."""


def check_password(password: str, least: int) -> None:
    """Raise `Invalid` unless *password* may be chosen."""
    if len(password) < least:
        raise _refusal(f"The password must have at least {least} characters.")
    if len(password) > LONGEST:
        raise _refusal(f"The password may have at most {LONGEST} characters.")
    try:
        password.encode()
    except UnicodeEncodeError:
        raise _refusal("The password holds a character that is not Unicode.") from None


def _refusal(message: str) -> Invalid:
    return Invalid(message, fields={"password": message})


class Passwords:
    """Hashes and verifies, a few at a time."""

    def __init__(
        self, apart: RunApart, hasher: PasswordHasher | None = None, at_once: int = 2
    ) -> None:
        self._apart = apart
        self._hasher = hasher or PasswordHasher()
        self._queue = Queue(at_once)
        self._dummy = ""

    async def hash(self, password: str) -> str:
        """Return the hash of *password*, with a salt of its own."""
        return await self._run(lambda: self._hasher.hash(password))

    async def verify(self, known: str | None, password: str) -> bool:
        """Whether *password* is the one of the hash *known*.

        Without one (there is no such account) it takes as long and is False.
        """
        if known is None and not self._dummy:
            self._dummy = await self.hash("nobody has this password")
        against = self._dummy if known is None else known
        return await self._run(lambda: self._check(against, password)) == "right" and (
            known is not None
        )

    def outdated(self, known: str) -> bool:
        """Whether a hash was made with weaker parameters than today's."""
        return self._hasher.check_needs_rehash(known)

    async def _run(self, work: Callable[[], str]) -> str:
        async with self._queue:
            return await self._apart(work)

    def _check(self, known: str, password: str) -> str:
        try:
            self._hasher.verify(known, password)
        except (VerificationError, InvalidHashError, UnicodeEncodeError):
            return "wrong"
        return "right"


def in_pool(reactor: IReactorFromThreads, pool: ThreadPool) -> RunApart:
    """Return a function that runs slow work in *pool*."""

    async def apart(work: Callable[[], str]) -> str:
        return await deferToThreadPool(reactor, pool, work)

    return apart
