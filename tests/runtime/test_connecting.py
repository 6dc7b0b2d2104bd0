"""Connecting to the very socket that is at a path."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from twisted.internet import reactor as _reactor  # noqa: TID251 -- tests own it
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


def endpoint(path: Path) -> SocketEndpoint:
    """Return what connects there."""
    return SocketEndpoint(reactor, str(path), 5.0)


@pytest_twisted.ensureDeferred
async def test_a_socket_is_connected_to(listening: Path) -> None:
    """And no descriptor is left behind but the connection's."""
    before = set(os.listdir("/proc/self/fd"))
    protocol = await endpoint(listening).connect(Factory.forProtocol(Protocol))
    protocol.transport.abortConnection()  # type: ignore[attr-defined]
    assert len(set(os.listdir("/proc/self/fd")) - before) <= 1


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
