"""Whether the back end of accounts works: asked in time, told once, shown."""

import traceback
from typing import TypeVar

from attrs import frozen
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from aen.model.errors import AenError, Unavailable
from aen.runtime.tasks import start
from aen.server.directories.directory import Answering, Directory

T = TypeVar("T")

AWAY = (
    "Signing in does not work at the moment: the directory of accounts does not answer."
    " Try again in a minute; if it lasts, tell an administrator."
)


_SOON = 5.0
"""Seconds an operator who looks at a page waits for the answer."""


@frozen
class Health:
    """How the back end is, in a sentence."""

    good: bool
    text: str


class Watch:
    """Stands around every question to a back end.

    A directory that is away is told in the log once, and once that it is back.
    """

    def __init__(
        self,
        directory: Directory | None,
        source: str,
        seconds: float,
        clock: IReactorTime,
    ) -> None:
        self._directory = directory
        self._source = source
        self._seconds = seconds
        self._clock = clock
        self._problem = ""
        self._log = Logger()

    async def ask(self, asked: "Deferred[T]") -> T:
        """Return what is answered in time.

        :raises Unavailable: nothing is, or it cannot be told; a sentence for people.
        """
        try:
            found = await self._in_time(asked)
        except Unavailable as error:
            self._note(error.message)
            raise Unavailable(AWAY) from None
        except (AenError, CancelledError):
            raise
        except Exception as error:  # noqa: BLE001 -- anybody's code
            # Its text is not ours, and might hold what was asked.
            self._note(_own_fault(error))
            raise Unavailable(AWAY) from None
        self._note("")
        return found

    async def health(self) -> Health:
        """Ask the back end itself, and say how it is."""
        if self._directory is None:
            return Health(True, "Accounts are kept in the store.")
        name = f"The directory of accounts (“{self._source}”)"
        if isinstance(self._directory, Answering):
            try:
                await self._in_time(start(_ping(self._directory)), _SOON)
            except AenError as error:
                self._note(error.message)
                return Health(False, f"{name} does not answer: {error.message}.")
            except Exception as error:  # noqa: BLE001 -- anybody's code
                self._note(_own_fault(error))
                return Health(False, f"{name} does not work: {_own_fault(error)}.")
            self._note("")
        if self._problem:
            return Health(False, f"{name} did not answer: {self._problem}.")
        return Health(True, f"{name} answers.")

    async def _in_time(self, asked: "Deferred[T]", seconds: float | None = None) -> T:
        limit = self._seconds if seconds is None else seconds

        def late(_: object, seconds: float) -> T:
            raise Unavailable(f"no answer within {seconds:g} seconds")

        return await asked.addTimeout(limit, self._clock, late)

    def _note(self, problem: str) -> None:
        if problem and problem != self._problem:
            self._log.error(
                "accounts of {source} cannot be checked: {problem}",
                source=self._source,
                problem=problem,
            )
        elif self._problem and not problem:
            self._log.info("accounts of {source} can be checked", source=self._source)
        self._problem = problem


def _own_fault(error: Exception) -> str:
    """Return what was raised and where, without its text."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{last.filename}:{last.lineno}"
    return f"{type(error).__name__} in its own code, at {place}"


async def _ping(directory: Answering) -> None:
    await directory.ping()
