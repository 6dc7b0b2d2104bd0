"""The whole program, over sockets."""

import errno
import os
import socket
from pathlib import Path
from typing import Any, cast

import pytest
import pytest_twisted
from twisted.internet.endpoints import UNIXClientEndpoint
from twisted.internet.error import CannotListenError
from twisted.internet.protocol import Factory
from twisted.internet.testing import MemoryReactorClock

from aen.proxy.standalone.options import read_options
from aen.proxy.standalone.refusal import Refusal
from aen.proxy.standalone.service import Standalone, limits_of
from tests.proxy.stage import Raw
from tests.proxy.standalone.authority import Authority
from tests.proxy.standalone.desk import TOKEN, Desk


async def over_unix(desk: Desk, path: Path, request: bytes) -> bytes:
    """Return what is answered on a socket."""
    endpoint = UNIXClientEndpoint(desk.reactor, str(path))
    client = cast("Raw", await endpoint.connect(Factory.forProtocol(Raw)))
    cast("Any", client.transport).write(request)
    await client.closed
    return bytes(client.data)


@pytest_twisted.ensureDeferred
async def test_unix_sockets(desk: Desk) -> None:
    """``--socket``, ``--api-socket`` and ``--metrics-socket`` in place of ports."""
    public, api, metrics = (desk.room / name for name in "pam")
    with socket.socket(socket.AF_UNIX) as killed:
        killed.bind(str(public))
    running = desk.start(
        *("--socket", str(public), "--api-socket", str(api)),
        *("--metrics-socket", str(metrics), "--default-target", desk.url),
    )
    end = b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
    answer = await over_unix(desk, public, b"GET /x" + end + b"\r\n")
    assert b'"uri": "/x"' in answer
    token = f"Authorization: token {TOKEN}\r\n\r\n".encode()
    answer = await over_unix(desk, api, b"GET /api/routes" + end + token)
    assert desk.url.encode() in answer
    answer = await over_unix(desk, metrics, b"GET /metrics" + end + b"\r\n")
    assert b"requests_web 1" in answer
    modes = [path.stat().st_mode & 0o777 for path in (public, api, metrics)]
    assert modes == [0o660, 0o600, 0o600]
    with pytest.raises(Refusal, match="already listens"):
        desk.start("--socket", str(public))
    await running.close()
    assert not public.exists()


@pytest_twisted.ensureDeferred
async def test_pid_file(desk: Desk) -> None:
    """It holds the number of the process while it runs."""
    path = desk.room / "pid"
    running = desk.start("--pid-file", str(path))
    assert path.read_text() == str(os.getpid())
    await running.close()
    assert not path.exists()
    with pytest.raises(Refusal, match="--pid-file"):
        desk.start("--pid-file", "/does/not/exist")


@pytest_twisted.ensureDeferred
async def test_everywhere(desk: Desk) -> None:
    """Without ``--ip`` it is all addresses."""
    running = desk.start("--ip", "", "--default-target", desk.url)
    seen = (await desk.get(running, "/")).seen
    assert seen["x-forwarded-for"] == ["127.0.0.1"]


class Partly(MemoryReactorClock):
    """A reactor of a machine on which "::" cannot be listened on."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    def listenTCP(  # noqa: N802 -- Twisted's name
        self, port: int, factory: Any, backlog: int = 50, interface: str = ""
    ) -> Any:
        if interface == "::":
            why = OSError(self.number, os.strerror(self.number))
            raise CannotListenError(interface, port, why)
        return super().listenTCP(port, factory, backlog, interface)


@pytest.mark.parametrize("number", [errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL])
def test_a_machine_without_ipv6(number: int) -> None:
    """There it is all addresses of IPv4."""
    reactor = Partly(number)
    Standalone(read_options([], {}), reactor).open()
    assert [server[3] for server in reactor.tcpServers] == ["", "localhost"]


def test_a_port_in_use_everywhere() -> None:
    """That of IPv4 alone is not taken instead."""
    reactor = Partly(errno.EADDRINUSE)
    with pytest.raises(Refusal, match=r"\*:8000: Address already in use"):
        Standalone(read_options([], {}), reactor).open()
    assert reactor.tcpServers == []


def test_what_cannot_be_begun(desk: Desk) -> None:
    """A sentence and no half of a proxy."""
    (desk.room / "file").touch()
    pair = Authority(desk.room, "ours").pair("door")
    files = ("--ssl-key", pair.key, "--ssl-cert", pair.cert)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        for arguments, words in (
            (("--port", port, "--api-port", "0"), "Address already in use"),
            (("--api-port", port), "Address already in use"),
            (("--default-target", "nonsense"), "--default-target"),
            (("--error-target", "nonsense"), "--error-target"),
            (("--error-path", "/does/not/exist"), "--error-path"),
            (("--socket", str(desk.room / "file")), "not a socket"),
            (("--socket", str(desk.room / "file/below")), "Not a directory"),
            (("--socket", str(desk.room / "p"), *files), "not spoken over UNIX"),
        ):
            with pytest.raises(Refusal, match=words):
                desk.start(*arguments)
            assert desk.started[-1].addresses == []


def test_limits() -> None:
    """Times of the options become limits, and the grain follows the shortest."""
    limits = limits_of(read_options(["--timeout", "1000"], {}))
    assert limits.body_seconds == limits.first_byte_seconds == 1
    assert limits.tick_seconds == 0.25
    limits = limits_of(read_options(["--proxy-timeout", "10", "--timeout", "0"], {}))
    assert limits.first_byte_seconds == limits.connect_seconds == 0.01
    assert limits.tick_seconds == 0.02
    patient = limits_of(read_options(["--proxy-timeout", "600000"], {}))
    assert (patient.first_byte_seconds, patient.connect_seconds) == (600, 5)
    limits = limits_of(read_options(["--keep-alive-timeout", "9000"], {}))
    assert (limits.keepalive_seconds, limits.tick_seconds) == (9, 0.5)
    assert limits.first_byte_seconds == 3600
