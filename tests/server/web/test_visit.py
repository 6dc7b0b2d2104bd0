"""What a browser sends, read strictly."""

import io

import pytest
from twisted.internet.address import IPv4Address
from twisted.web.test.requesthelper import DummyRequest

from aen.model.errors import Invalid, TooLarge
from aen.server.web.visit import client_address, parse_fields, read_form


def test_fields() -> None:
    """A field that was not sent is empty; one sent twice is its first."""
    fields = parse_fields(b"a=1&b=x+y%0D%0Az&a=2&c=")
    assert fields["a"] == "1"
    assert fields.all("a") == ("1", "2")
    assert fields.line("b") == "x y z"
    assert fields.text("b") == "x y\nz"
    assert fields.has("c")
    assert not fields.has("d")
    assert fields["d"] == ""


def test_nul() -> None:
    """No field holds the character that ends strings elsewhere."""
    assert parse_fields(b"a=x%00y")["a"] == "xy"


@pytest.mark.parametrize(
    "body", [b"a=%ff", b"\xff=1", b"&".join(b"a=1" for _ in range(300))]
)
def test_unreadable(body: bytes) -> None:
    """What is no text, or too much, is refused."""
    with pytest.raises(Invalid):
        parse_fields(body)


def form(body: bytes, kind: str = "application/x-www-form-urlencoded") -> DummyRequest:
    """Return a request with a body."""
    request = DummyRequest([b""])
    request.content = io.BytesIO(body)  # type: ignore[attr-defined]
    request.requestHeaders.setRawHeaders("content-type", [kind])
    return request


def test_form() -> None:
    """A form is bounded, and of one kind only."""
    fields = read_form(form(b"a=1", "application/x-www-form-urlencoded; x=y"), 10)  # type: ignore[arg-type]
    assert fields["a"] == "1"
    with pytest.raises(TooLarge):
        read_form(form(b"a=1234567890"), 10)  # type: ignore[arg-type]
    with pytest.raises(Invalid):
        read_form(form(b"a=1", "text/plain"), 10)  # type: ignore[arg-type]


def test_client_address() -> None:
    """Only what our own front wrote is believed."""
    request = form(b"")
    request.client = IPv4Address("TCP", "192.0.2.7", 1)
    assert client_address(request) == "192.0.2.7"  # type: ignore[arg-type]
    forwarded = ["203.0.113.9, 198.51.100.2"]
    request.requestHeaders.setRawHeaders("x-forwarded-for", forwarded)
    assert client_address(request) == "198.51.100.2"  # type: ignore[arg-type]
