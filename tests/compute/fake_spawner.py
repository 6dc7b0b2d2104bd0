"""Apps without processes: each is a listening socket in the test's own reactor."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import define, field
from twisted.internet.interfaces import IListeningPort
from twisted.internet.protocol import Factory, Protocol

from aen.compute.helper.processes import Root
from aen.compute.spawn import Killing, OnEnd, Order


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

    def round(self) -> int:
        """Return that nothing is left."""
        return 0


@define(eq=False)
class FakeSpawner:
    """Starts listeners; *fails* is the exit status of those that end at once."""

    reactor: Any
    fails: int | None = None
    orders: list[Order] = field(factory=list)
    ports: dict[int, tuple[IListeningPort, OnEnd]] = field(factory=dict)

    def spawn(self, order: Order, on_end: OnEnd) -> Root:
        """Listen where the app was told to."""
        self.orders.append(order)
        root = Root(100_000_000 + len(self.orders), 1)
        if self.fails is not None:
            self.reactor.callLater(0, on_end, self.fails)
            return root
        where = order.command.argv[-1]
        Path(where).unlink(missing_ok=True)
        port = self.reactor.listenUNIX(where, Factory.forProtocol(Fine))
        self.ports[root.pid] = (port, on_end)
        return root

    def watch(self, root: Root, on_end: OnEnd) -> bool:
        """Tell the end to another from now on."""
        if root.pid not in self.ports:
            return False
        self.ports[root.pid] = (self.ports[root.pid][0], on_end)
        return True

    def ask(self, root: Root) -> None:
        """End the app."""
        port, on_end = self.ports.pop(root.pid)
        port.stopListening()
        self.reactor.callLater(0, on_end, 0)

    def hunt(self, launch: str, root: Root | None) -> Killing:
        """Return what finds nothing."""
        return NoProcesses()

    def pids(self, launches: Mapping[str, Root | None]) -> set[int]:
        """Return no processes."""
        return set()
