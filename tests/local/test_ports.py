"""Ports that cannot be listened on are named before anything starts."""

import errno
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from aen.local import ports
from aen.local.installation import Installation
from aen.model.errors import Invalid


@pytest.fixture
def taken() -> Iterator[int]:
    """Give a port somebody listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


def test_in_use(taken: int) -> None:
    """The sentence names the port, the setting and what to type instead."""
    one = Installation(prefix=Path("/srv/aen"), http=taken)
    with pytest.raises(Invalid, match=rf"Port {taken} \(HTTP\).*HTTP={taken + 1}"):
        ports.check_ports(one)


def test_not_ours() -> None:
    """An address of another machine cannot be bound."""
    one = Installation(prefix=Path("/srv/aen"), bind="192.0.2.1")
    with pytest.raises(Invalid, match="BIND must be an address of this machine"):
        ports.check_ports(one)


def test_low_port() -> None:
    """A refusal of the system is explained by what it means."""
    refused = OSError(errno.EACCES, "Permission denied")
    said = ports._sentence("HTTP", "127.0.0.1", 80, refused)
    assert "needs root" in said


def test_free(taken: int) -> None:
    """A port nobody listens on is free."""
    assert ports.refusal("127.0.0.1", taken) is not None
    with socket.socket() as once:
        once.bind(("127.0.0.1", 0))
        port = once.getsockname()[1]
    assert ports.refusal("127.0.0.1", port) is None
