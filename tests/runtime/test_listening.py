"""A port is listened on, or the reason is said."""

import os
import socket
import ssl
import struct
import sys
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from twisted.internet import reactor as _reactor  # noqa: TID251 -- a test owns it
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.python.failure import Failure

from aen.model.errors import Invalid
from aen.runtime.listening import ListeningService, hold, unix_endpoint
from aen.runtime.tasks import pause

reactor: Any = _reactor


async def stop(service: ListeningService) -> None:
    """Stop listening."""
    stopped = service.stopService()
    if stopped is not None:
        await stopped


@pytest_twisted.ensureDeferred
async def test_a_port_in_use_is_a_sentence() -> None:
    """It names the address and the reason."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        where = f"tcp:{taken.getsockname()[1]}:interface=127.0.0.1"
        service = ListeningService(where, Factory(), reactor)
        with pytest.raises(Invalid, match=f"{where}: Address already in use"):
            service.privilegedStartService()
    await stop(service)


@pytest.mark.parametrize("name", ["a.sock", "a:b\\c.sock"])
@pytest_twisted.ensureDeferred
async def test_a_socket_is_for_us_alone(tmp_path: Path, name: str) -> None:
    """Its mode keeps others out; what a killed process left is replaced."""
    path = tmp_path / "run" / name
    for _ in range(2):
        service = ListeningService(unix_endpoint(path), Factory(), reactor)
        service.privilegedStartService()
        assert path.stat().st_mode & 0o777 == 0o600
        assert service.getHost().name == os.fsencode(path)
        await stop(service)
        stale = socket.socket(socket.AF_UNIX)
        stale.bind(str(path))
        stale.close()


@pytest.mark.parametrize(
    ("where", "why"),
    [
        ("unix:{room}/file/a.sock", "File exists"),
        ("unix:{room}/file", "not a socket"),
        ("tcp:0:interface=192.0.2.1", "Cannot assign"),
        ("tcp:nonsense", "“tcp:nonsense” is no address"),
        ("pigeon:1", "“pigeon:1” is no address"),
        ("tcp", "“tcp” is no address"),
    ],
)
def test_what_cannot_be_listened_on(tmp_path: Path, where: str, why: str) -> None:
    """It is said in a sentence, whatever is in the way."""
    (tmp_path / "file").touch()
    service = ListeningService(where.format(room=tmp_path), Factory(), reactor)
    with pytest.raises(Invalid, match=why):
        service.privilegedStartService()


def test_tls_on_tcp_only(tmp_path: Path) -> None:
    """Anything else is refused before it is bound."""
    where = unix_endpoint(tmp_path / "a.sock")
    service = ListeningService(
        where, Factory(), reactor, tls=ssl.create_default_context
    )
    with pytest.raises(Invalid, match="tcp: addresses only"):
        service.privilegedStartService()
    assert not (tmp_path / "a.sock").exists()


@pytest_twisted.ensureDeferred
async def test_a_socket_for_several_processes() -> None:
    """The parent accepts nobody; who is given the socket does, one by one."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        where = f"tcp:{found.getsockname()[1]}:interface=127.0.0.1"
    held = hold(where, reactor)
    assert held.where == where
    came: list[Visitor] = []
    factory = Factory.forProtocol(lambda: Visitor(came))
    service = ListeningService(where, factory, reactor, adopted=os.dup(held.descriptor))
    service.privilegedStartService()
    address = ("127.0.0.1", int(where.split(":")[1]))
    with socket.create_connection(address):
        await pause(reactor, 0.02)
        assert came == []
        service.startService()
        while not came:
            await pause(reactor, 0.01)
        with socket.create_connection(address):
            while len(came) < 2:
                await pause(reactor, 0.01)
        await stop(service)
        with socket.create_connection(address):
            await pause(reactor, 0.02)
        assert len(came) == 2
        await maybeDeferred(held.release)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(address)
    for one in came:
        await one.gone


@pytest_twisted.ensureDeferred
async def test_processes_take_turns() -> None:
    """Each accepts one connection at a time: the others get their share."""
    with socket.create_server(("127.0.0.1", 0)) as shared:
        address = shared.getsockname()
        came: list[Visitor] = []
        factory = Factory.forProtocol(lambda: Visitor(came))
        adopted = os.dup(shared.fileno())
        service = ListeningService("tcp:0", factory, reactor, adopted=adopted)
        service.startService()
        service.port.stopReading()
        counts = []
        with socket.create_connection(address), socket.create_connection(address):
            for _ in range(2):
                service.port.doRead()
                counts.append(len(came))
        assert counts == [1, 2]
        await stop(service)
    for one in came:
        await one.gone


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux")
@pytest_twisted.ensureDeferred
async def test_many_may_wait_to_be_accepted() -> None:
    """Browsers that all come back at once are not turned away."""
    service = ListeningService("tcp:0:interface=127.0.0.1", Factory(), reactor)
    service.privilegedStartService()
    about = service.port.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)
    # Of a listening socket tcpi_sacked is how many may wait (linux/tcp.h).
    (waiting,) = struct.unpack_from("I", about, 28)
    allowed = int(Path("/proc/sys/net/core/somaxconn").read_text("ascii"))
    assert waiting == min(1024, allowed)
    await stop(service)


class Visitor(Protocol):
    """Notes that it came, and fires when it goes."""

    def __init__(self, came: "list[Visitor]") -> None:
        self.gone: Deferred[None] = Deferred()
        came.append(self)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.gone.callback(None)
