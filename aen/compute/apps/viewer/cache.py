"""Rendered pages in memory: those asked for last, as many as there is room for."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable

from attrs import define, field
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from aen.compute.apps.viewer.rendering.jobs import Rendered


@define(eq=False)
class Cache:
    """Keeps what was rendered; what many ask for at a time is rendered once."""

    room: int
    """Bytes, about."""
    taken: int = 0
    made: int = 0
    """How many were made so far."""
    _kept: OrderedDict[Hashable, Rendered] = field(factory=OrderedDict)
    _waiting: dict[Hashable, list[Deferred[Rendered]]] = field(factory=dict)

    async def get(
        self, key: Hashable, make: Callable[[], Awaitable[Rendered]]
    ) -> Rendered:
        """Return what is kept for *key*, or what *make* gives."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
            return found
        if key in self._waiting:
            later: Deferred[Rendered] = Deferred()
            self._waiting[key].append(later)
            return await later
        return await self._made(key, make)

    async def _made(
        self, key: Hashable, make: Callable[[], Awaitable[Rendered]]
    ) -> Rendered:
        self._waiting[key] = []
        try:
            self.made += 1
            made = await make()
        except BaseException:
            failure = Failure()
            for one in self._waiting.pop(key):
                one.errback(failure)
            raise
        self._keep(key, made)
        for one in self._waiting.pop(key):
            one.callback(made)
        return made

    def _keep(self, key: Hashable, made: Rendered) -> None:
        if made.problem or made.size > self.room:
            return  # what was too slow need not be so again
        self._kept[key] = made
        self.taken += made.size
        while self.taken > self.room:
            _, oldest = self._kept.popitem(last=False)
            self.taken -= oldest.size
