"""Apps without processes: each is a listening socket in the test's own reactor."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

from attrs import define, field
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IListeningPort
from twisted.internet.protocol import Factory, Protocol

from aen.compute.helper.processes import Root
from aen.compute.spawn import Killing, OnEnd, Order, Spawned


class Fine(Protocol):
    """Answers everything with 200."""

    def dataReceived(self, data: bytes) -> None:
        """Answer."""
        assert self.transport is not None
        self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        self.transport.loseConnection()


@define
class NoProcesses:
    """A hunt that finds nothing."""

    async def round(self) -> int:
        """Return that nothing is left."""
        return 0


@define(eq=False)
class FakeSpawner:
    """Starts listeners; *fails* is the exit status of those that end at once."""

    reactor: Any
    fails: int | None = None
    orders: list[Order] = field(factory=list)
    ports: dict[int, tuple[IListeningPort, OnEnd]] = field(factory=dict)
    forgotten: list[str] = field(factory=list)
    kept: list[str] = field(factory=list)
    slow: Deferred[None] | None = None
    """What the next start waits for."""

    async def spawn(self, order: Order, on_end: OnEnd) -> Root:
        """Listen where the app was told to."""
        self.orders.append(order)
        if self.slow is not None:
            await self.slow
        root = Root(100_000_000 + len(self.orders), 1)
        if self.fails is not None:
            self.reactor.callLater(0, on_end, self.fails)
            return root
        where = order.command.argv[-1]
        Path(where).unlink(missing_ok=True)
        port = self.reactor.listenUNIX(where, Factory.forProtocol(Fine))
        self.ports[root.pid] = (port, on_end)
        return root

    def watch(self, one: Spawned, on_end: OnEnd) -> bool:
        """Tell the end to another from now on."""
        if one.root is None or one.root.pid not in self.ports:
            return False
        self.ports[one.root.pid] = (self.ports[one.root.pid][0], on_end)
        return True

    async def ask(self, one: Spawned) -> None:
        """End the app."""
        if one.root is not None:
            port, on_end = self.ports.pop(one.root.pid)
            port.stopListening()
            self.reactor.callLater(0, on_end, 0)

    def hunt(self, one: Spawned) -> Killing:
        """Return what finds nothing."""
        return NoProcesses()

    async def forget(self, one: Spawned) -> None:
        """Note it."""
        self.forgotten.append(one.launch)

    async def keep_only(self, launches: Collection[str]) -> None:
        """Note it."""
        self.kept = sorted(launches)

    def pids(self, launches: Collection[Spawned]) -> set[int]:
        """Return no processes."""
        return set()

    def owns_port(self, one: Spawned, port: int) -> bool:
        """Believe it."""
        return True
