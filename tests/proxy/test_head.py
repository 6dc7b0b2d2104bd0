"""What a head can be asked."""

import pytest

from aen.proxy.head import Headers, RequestHead


def head(headers: Headers, method: bytes = b"GET") -> RequestHead:
    """Return a request head with these headers."""
    return RequestHead(method, b"/a?b", "1.1", headers)


@pytest.mark.parametrize(
    ("method", "headers", "page"),
    [
        (b"GET", ((b"Sec-Fetch-Mode", b"navigate"),), True),
        (b"HEAD", ((b"Accept", b"text/html"),), True),
        (b"GET", ((b"Accept", b"application/json, Text/HTML;q=0.9"),), True),
        (b"GET", ((b"Sec-Fetch-Mode", b"cors"), (b"Accept", b"text/html")), False),
        (b"GET", ((b"Accept", b"*/*"),), False),
        (b"GET", (), False),
        (b"POST", ((b"Sec-Fetch-Mode", b"navigate"),), False),
    ],
)
def test_navigations(method: bytes, headers: Headers, *, page: bool) -> None:
    """A person is shown a page, a script gets data."""
    assert head(headers, method).wants_page == page


def test_cookies() -> None:
    """Of two cookies with one name the first wins; what is no pair is none."""
    assert head(
        ((b"Cookie", b"a=1; b=2=3;c; =x"), (b"cookie", b"a=4;d= 5 "))
    ).cookies() == {b"a": b"1", b"b": b"2=3", b"": b"x", b"d": b"5"}


def test_values() -> None:
    """Repeated headers are all there, whatever their case."""
    repeated = head(((b"A", b"1"), (b"a", b"2")))
    assert repeated.header(b"a") == b"1"
    assert repeated.values(b"a") == (b"1", b"2")
    assert repeated.path == b"/a"
    assert not repeated.upgrade
