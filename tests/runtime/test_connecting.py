"""Connecting to the very socket that is at a path."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from twisted.internet import reactor as _reactor  # noqa: TID251 -- tests own it
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectError
from twisted.internet.protocol import Factory, Protocol

from aen.runtime.connecting import SocketEndpoint, open_socket

reactor: Any = _reactor


@pytest.fixture
def listening(tmp_path: Path) -> Iterator[Path]:
    """A socket that takes connections."""
    path = tmp_path / "app.sock"
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))
        made.listen()
        yield path


class Client(Protocol):
    """A connection that tells when it is gone."""

    def __init__(self) -> None:
        self.lost: Deferred[None] = Deferred()

    def connectionLost(self, reason: object = None) -> None:
        """Tell."""
        self.lost.callback(None)


def descriptors() -> int:
    """Return how many descriptors this process has."""
    return len(list(Path("/proc/self/fd").iterdir()))


def endpoint(path: Path) -> SocketEndpoint:
    """Return what connects there."""
    return SocketEndpoint(reactor, str(path), 5.0)


@pytest_twisted.ensureDeferred
async def test_a_socket_is_connected_to(listening: Path) -> None:
    """And no descriptor is left behind but the connection's."""
    before = descriptors()
    found = await endpoint(listening).connect(Factory.forProtocol(Client))
    assert isinstance(found, Client)
    assert found.transport is not None
    found.transport.loseConnection()
    await found.lost
    assert descriptors() == before


@pytest_twisted.ensureDeferred
async def test_a_link_leads_nowhere(listening: Path, tmp_path: Path) -> None:
    """Not even to a socket that we may open; a missing one is an error like others."""
    link = tmp_path / "link"
    link.symlink_to(listening)
    (tmp_path / "file").write_text("")
    for path in (link, tmp_path / "file", tmp_path / "none", tmp_path):
        with pytest.raises(ConnectError):
            await endpoint(path).connect(Factory.forProtocol(Protocol))
        with pytest.raises(OSError, match=r".+"):
            open_socket(str(path))
