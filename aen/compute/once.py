"""Work that several ask for at the same time and that is done once."""

from collections.abc import Callable, Coroutine, Hashable
from typing import Any, Generic, TypeVar

from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from aen.runtime.tasks import start

T = TypeVar("T")


class Once(Generic[T]):
    """Joins those who ask for what is under way already, by key.

    One who goes away leaves the work to the others; it always runs to its end.
    """

    _log = Logger()

    def __init__(self, what: str) -> None:
        self._what = what
        self._waiting: dict[Hashable, list[Deferred[T]]] = {}

    def under_way(self, key: Hashable) -> bool:
        """Whether work for *key* has begun and not ended."""
        return key in self._waiting

    def join(
        self, key: Hashable, work: Callable[[], Coroutine[Any, Any, T]]
    ) -> Deferred[T]:
        """Return a Deferred for the result of the work under way, else of *work*."""
        waiting = self._waiting.get(key)
        if waiting is not None:
            return self._wait(waiting)
        waiting = self._waiting[key] = []
        mine = self._wait(waiting)
        start(work()).addBoth(self._tell, key)  # type: ignore[unused-awaitable]
        return mine

    def _wait(self, waiting: list[Deferred[T]]) -> Deferred[T]:
        one: Deferred[T] = Deferred(waiting.remove)
        waiting.append(one)
        return one

    def _tell(self, result: T | Failure, key: Hashable) -> None:
        waiting = self._waiting.pop(key)
        if isinstance(result, Failure) and not waiting:
            self._log.failure("{what} failed", failure=result, what=self._what)
        for one in waiting:
            one.callback(result)  # a Failure makes it an errback
