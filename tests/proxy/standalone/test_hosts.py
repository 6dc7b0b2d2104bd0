"""The host a request is for."""

import pytest

from aen.proxy.head import Peer, RequestHead
from aen.proxy.standalone.hosts import host_name, host_port


@pytest.mark.parametrize(
    ("host", "secure", "name", "port"),
    [
        (b"a.org", False, b"a.org", b"80"),
        (b"a.org", True, b"a.org", b"443"),
        (b"a.org:8000", True, b"a.org", b"8000"),
        (b"[::1]", False, b"[::1]", b"80"),
        (b"[::1]:81", False, b"[::1]", b"81"),
        (None, False, b"", b"80"),
    ],
)
def test_hosts(host: bytes | None, name: bytes, port: bytes, *, secure: bool) -> None:
    """A port is none of the name; without one it is the scheme's."""
    fields = () if host is None else ((b"Host", host),)
    head = RequestHead(b"GET", b"/", "1.1", fields)
    assert host_name(head) == name
    assert host_port(head, Peer("1.1.1.1", 1, secure=secure)) == port
