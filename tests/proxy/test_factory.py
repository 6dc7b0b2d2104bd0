"""The proxy as a whole: its log, its end."""

from io import BytesIO

from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from aen.proxy.access_log import AccessLog
from aen.proxy.limits import Limits
from aen.proxy.routing import Answer
from tests.proxy.harness import TO_ONE, Harness

GET = b"GET /%d?secret HTTP/1.1\r\nHost: a\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n%s"


def test_every_request_is_one_line() -> None:
    """Answered, forwarded, refused or abandoned; queries are left out."""
    stream = BytesIO()
    log = AccessLog(stream, Clock())
    harness = Harness(TO_ONE, access_log=log)
    client = harness.client()
    client.send(GET % 1)
    harness.upstream().send(OK % b"11")
    client.send(GET % 2)
    client.hang_up()
    harness.router.decide = lambda _: Answer(204)
    client = harness.client()
    client.send(b"GET /3 HTTP/1.1\r\nHost: a\r\nX-Request-Id: mine\r\n\r\nGARBAGE\n")
    harness.router.decide = lambda _: TO_ONE
    client, upstream = harness.tunnel()
    upstream.send(b"\x81\x02hi")
    client.hang_up()
    log.flush()
    lines = [line.split()[1:] for line in stream.getvalue().decode().splitlines()]
    assert [line[:5] for line in lines] == [
        ["192.168.1.1", "GET", "/1", "200", str(len(OK % b"11"))],
        ["192.168.1.1", "GET", "/2", "499", "0"],
        ["192.168.1.1", "GET", "/3", "204", "27"],
        ["192.168.1.1", "-", "-", "400", "0"],
        ["192.168.1.1", "GET", "/ws", "101", "133"],
    ]
    assert lines[0][6] == "tcp:127.0.0.1:1001"
    assert lines[2][7] == "mine"
    ids = {line[7] for line in lines}
    assert len(ids) == len(lines)
    assert b"secret" not in stream.getvalue()


def test_what_draining_ends_is_written_down() -> None:
    """The log is whole when the last client has gone."""
    stream = BytesIO()
    log = AccessLog(stream, Clock())
    harness = Harness(TO_ONE, Limits(close_seconds=1), access_log=log)
    client = harness.client()
    client.send(GET % 1)
    harness.upstream().send(OK % b"11")
    harness.factory.stopFactory()
    assert stream.getvalue().count(b"\n") == 1
    harness.tunnel()
    drained = Deferred.fromCoroutine(harness.factory.drain(0))
    harness.pass_time(3)
    assert drained.called
    assert stream.getvalue().count(b"\n") == 2


def test_requests_per_connection() -> None:
    """After so many, the connection is closed politely."""
    harness = Harness(Answer(204), Limits(requests_per_connection=2))
    client = harness.client()
    client.send(GET % 1 + GET % 2 + GET % 3)
    assert client.take() == (
        b"HTTP/1.1 204 No Content\r\n\r\n"
        b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
    )
    assert not client.connected


def test_stopping_serves_what_is_under_way() -> None:
    """Idle connections close, the others after their response."""
    harness = Harness(TO_ONE)
    idle, busy = harness.client(), harness.client()
    idle.send(GET % 0)
    upstream = harness.upstream()
    upstream.send(OK % b"00")
    busy.send(GET % 1)
    harness.factory.stopFactory()
    assert not idle.connected
    upstream.send(OK % b"11")
    assert busy.take() == OK % b"11"
    assert not busy.connected
    assert not upstream.connected
    assert harness.reactor.getDelayedCalls() == []
    harness.factory.startFactory()
    client = harness.client()
    client.send(GET % 1)
    harness.upstream().send(OK % b"11")
    assert client.connected


def test_who_has_just_connected_is_served_while_draining() -> None:
    """Once, and not for ever: a handshake may be under way, or a request."""
    harness = Harness(TO_ONE, Limits(greeting_seconds=2))
    asking, silent = harness.client(), harness.client()
    harness.factory.stopFactory()
    assert harness.factory.connections == 2
    asking.send(GET % 1)
    harness.upstream().send(OK % b"11")
    assert asking.take().endswith(b"\r\n\r\n11")
    assert not asking.connected
    harness.pass_time(1)
    assert harness.factory.connections == 1
    harness.pass_time(2)
    assert not silent.connected
    assert harness.reactor.getDelayedCalls() == []


def test_draining_has_an_end() -> None:
    """What is still open after that time is ended."""
    harness = Harness(TO_ONE, Limits(close_seconds=2))
    busy = harness.client()
    busy.send(GET % 1)
    upstream = harness.upstream()
    tunnelled, _ = harness.tunnel()
    drained = Deferred.fromCoroutine(harness.factory.drain(5))
    harness.pass_time(4)
    assert busy.connected
    assert harness.factory.connections == 2
    harness.pass_time(2)
    assert busy.aborted
    assert upstream.aborted
    assert tunnelled.take() == b"\x88\x02\x03\xe9"
    harness.pass_time(3)
    assert tunnelled.aborted
    assert drained.called
    assert harness.reactor.getDelayedCalls() == []
