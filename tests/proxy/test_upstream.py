"""Upstream addresses and the pool."""

import socket
from pathlib import Path

import pytest
from attrs import define, field
from twisted.internet.address import IPv4Address
from twisted.internet.ssl import optionsForClientTLS
from twisted.internet.testing import MemoryReactorClock

from aen.proxy.limits import Limits
from aen.proxy.routing import Forward
from aen.proxy.timing import Sweep
from aen.proxy.upstream import Pool, keep_alive
from tests.proxy.harness import TO_ONE, Harness

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


@pytest.mark.parametrize(
    ("upstream", "where"),
    [
        ("tcp:127.0.0.1:80", ("127.0.0.1", 80)),
        ("tcp:[::1]:81", ("::1", 81)),
        ("tls:127.0.0.1:443", ("127.0.0.1", 443)),
    ],
)
def test_addresses(upstream: str, where: tuple[str, int]) -> None:
    """Addresses need no resolver."""
    reactor = MemoryReactorClock()
    pool = Pool(reactor, Limits(), Sweep(reactor, 1))
    connecting = pool.connect(upstream)
    assert reactor.tcpClients[0][:2] == where
    connecting.addErrback(lambda _: None)
    connecting.cancel()


def test_unix_sockets(tmp_path: Path) -> None:
    """The very socket at the path, with the time limit of `Limits`; never by a link."""
    reactor = MemoryReactorClock()
    pool = Pool(reactor, Limits(connect_seconds=7), Sweep(reactor, 1))
    path, link = tmp_path / "a:b.sock", tmp_path / "link"
    link.symlink_to(path)
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))
    failed: list[object] = []
    pool.connect(f"unix:{link}").addErrback(failed.append)
    assert len(failed) == 1
    connecting = pool.connect(f"unix:{path}")
    ((where, _, seconds, *_rest),) = reactor.unixClients
    assert (Path(where).readlink(), seconds) == (path, 7)
    connecting.addErrback(lambda _: None)
    connecting.cancel()


@pytest.mark.parametrize("upstream", ["", "http://a", "tcp:a", "udp:a:1", "unix"])
def test_an_address_that_is_none(upstream: str) -> None:
    """The router's mistake is an upstream that cannot be reached."""
    harness = Harness(Forward(upstream))
    client = harness.client()
    client.send(GET)
    assert harness.router.failed == ["connect"]
    assert client.take().startswith(b"HTTP/1.1 503 ")


def test_idle_connections_are_bounded_in_number_and_time() -> None:
    """The one used last serves first; too many and too old ones are closed."""
    harness = Harness(TO_ONE, Limits(pool_idle=2, pool_idle_seconds=10))
    clients = [harness.client() for _ in range(3)]
    upstreams = []
    for client in clients:
        client.send(GET)
        upstreams.append(harness.upstream())
    for upstream in upstreams:
        upstream.take()
        upstream.send(OK)
    assert [upstream.connected for upstream in upstreams] == [True, True, False]
    clients[0].send(GET)
    assert (upstreams[0].take(), upstreams[1].take()[:3]) == (b"", b"GET")
    upstreams[1].send(OK)
    harness.pass_time(12)
    assert [upstream.connected for upstream in upstreams] == [False, False, False]
    assert harness.factory._shared.pool._idle == {}
    clients[0].send(GET)
    assert harness.connects == 4


def test_a_connection_that_is_slow_to_close() -> None:
    """It serves nobody meanwhile, and is ended when it takes too long."""
    harness = Harness(TO_ONE, Limits(pool_idle_seconds=5, close_seconds=3))
    client = harness.client()
    client.send(GET)
    upstream = harness.upstream()
    upstream.send(OK)
    upstream.stuck = True
    harness.pass_time(6)
    client.send(GET)
    assert harness.connects == 2
    assert not upstream.aborted
    harness.pass_time(4)
    assert upstream.aborted


@pytest.mark.parametrize(
    "response",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: x, Close\r\n\r\n",
        b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
    ],
)
def test_upstreams_that_close(response: bytes) -> None:
    """They are not used again; the client does not notice."""
    harness = Harness(TO_ONE)
    client = harness.client()
    client.send(GET)
    upstream = harness.upstream()
    upstream.send(response)
    assert client.take() == OK
    assert not upstream.connected
    assert client.connected


@define
class Tcp:
    """A transport over TCP, and its socket, which remembers its options."""

    told: dict[int, int] = field(factory=dict)

    @property
    def socket(self) -> "Tcp":
        return self

    def getPeer(self) -> IPv4Address:  # noqa: N802 -- Twisted's name
        return IPv4Address("TCP", "192.0.2.1", 1)

    def setTcpNoDelay(self, enabled: object) -> None:  # noqa: N802
        """As for every connection."""

    def setTcpKeepAlive(self, enabled: object) -> None:  # noqa: N802
        """As for every connection."""

    def setsockopt(self, level: int, option: int, value: int) -> None:
        self.told[option] = value


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="only on Linux")
@pytest.mark.parametrize(("reads", "milliseconds"), [(True, 30_000), (False, 0)])
def test_who_may_be_busy(*, reads: bool, milliseconds: int) -> None:
    """A client takes what it is sent; an application may have no time for that."""
    transport = Tcp()
    keep_alive(transport, 30, reads=reads)
    assert transport.told == {
        socket.TCP_KEEPIDLE: 15,
        socket.TCP_KEEPINTVL: 5,
        socket.TCP_KEEPCNT: 3,
        socket.TCP_USER_TIMEOUT: milliseconds,
    }


def test_what_verifies_is_bounded() -> None:
    """A router that names ever new hosts costs no more than some memory."""
    reactor = MemoryReactorClock()
    pool = Pool(reactor, Limits(), Sweep(reactor, 1), client_tls=str)
    for number in range(1500):
        pool._verifier(f"host-{number}")
        assert len(pool._verifying) <= 1024


def test_tls_of_ones_own() -> None:
    """*client_tls* is asked once for each host how to speak TLS to it."""
    asked: list[str] = []

    def client_tls(host: str) -> object:
        asked.append(host)
        return optionsForClientTLS(host)

    reactor = MemoryReactorClock()
    pool = Pool(reactor, Limits(), Sweep(reactor, 1), client_tls=client_tls)
    for upstream in ("tls:127.0.0.1:443", "tls:127.0.0.1:444", "tls:[::1]:443"):
        connecting = pool.connect(upstream)
        connecting.addErrback(lambda _: None)
        connecting.cancel()
    assert asked == ["127.0.0.1", "::1"]
