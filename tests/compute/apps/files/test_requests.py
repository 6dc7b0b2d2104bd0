"""Requests on one connection, one after the other; the rest is in `test_site`."""

import http.client
import socket

import pytest_twisted
from twisted.internet.threads import deferToThread

from tests.compute.apps.files.conftest import PREFIX, App


@pytest_twisted.ensureDeferred
async def test_a_connection_is_kept(app: App) -> None:
    """Answers do not close it, whatever was sent."""

    def ask() -> list[int]:
        connection = http.client.HTTPConnection("localhost")
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(10)
        connection.sock.connect(str(app.socket))
        found = []
        for method, path, body in (
            ("PUT", "/a", b"x" * 200_000), ("GET", "/a", None), ("PUT", "/b", b""),
            ("GET", "/nothing", None), ("DELETE", "/a", None), ("HEAD", "/b", None),
        ):  # fmt: skip
            connection.request(method, f"{PREFIX}{path}", body)
            response = connection.getresponse()
            response.read()
            found.append(response.status)
            assert connection.sock is not None
        connection.close()
        return found

    assert await deferToThread(ask) == [201, 200, 201, 404, 204, 200]


@pytest_twisted.ensureDeferred
async def test_chunks(app: App) -> None:
    """A body whose length nobody knows before is taken, too."""

    def ask() -> int:
        connection = http.client.HTTPConnection("localhost")
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(10)
        connection.sock.connect(str(app.socket))
        connection.request("PUT", f"{PREFIX}/a", iter([b"abc", b"def"]))
        status = connection.getresponse().status
        connection.close()
        return status

    assert await deferToThread(ask) == 201
    assert (app.project / "a").read_text() == "abcdef"
