"""URLs of targets."""

import pytest

from aen.proxy.standalone.targets import Target, read_target


@pytest.mark.parametrize(
    ("text", "upstream", "base", "host"),
    [
        ("http://127.0.0.1:8001", "tcp:127.0.0.1:8001", b"", b"127.0.0.1:8001"),
        ("http://hub.example.org", "tcp:hub.example.org:80", b"", b"hub.example.org"),
        ("https://a/base/", "tls:a:443", b"/base", b"a"),
        ("https://a:8443/b/c", "tls:a:8443", b"/b/c", b"a:8443"),
        ("http://a:80/", "tcp:a:80", b"", b"a"),
        ("http://[::1]:81/x", "tcp:[::1]:81", b"/x", b"[::1]:81"),
        ("ws://a:1", "tcp:a:1", b"", b"a:1"),
        ("wss://a", "tls:a:443", b"", b"a"),
        ("http://a/x?ignored=1", "tcp:a:80", b"/x", b"a"),
        ("unix+http://%2Frun%2Fa.sock/b", "unix:/run/a.sock", b"/b", b"localhost"),
    ],
)
def test_targets(text: str, upstream: str, base: bytes, host: bytes) -> None:
    """A URL says where to connect, under which path and by which name."""
    assert read_target(text) == Target(upstream, base, host)


@pytest.mark.parametrize(
    "text",
    [
        "nonsense",
        "ftp://a",
        "http://",
        "http://a:99999",
        "http://a b",
        "http://a/b c",
        "http://a/\r\nX: y",
        "http://é",
        "unix+http://relative",
        "unix+http://%2Fa%0Ab",
        "http://:80",
    ],
)
def test_not_targets(text: str) -> None:
    """What cannot be connected to is refused when it is posted."""
    with pytest.raises(ValueError, match=r"“|[Pp]ort"):
        read_target(text)
