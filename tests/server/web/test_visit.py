"""What a browser sends, read strictly."""

import pytest

from aen.model.errors import Invalid, TooLarge
from aen.server.web.visit import parse_fields, read_form
from tests.server.web.bare import bare_request


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


def test_typed_twice() -> None:
    """A password is taken when both fields hold it; else the second is wrong."""
    assert parse_fields(b"new=a+b&again=a+b").typed_twice("new") == "a b"
    with pytest.raises(Invalid) as refusal:
        parse_fields(b"new=a+b&again=").typed_twice("new")
    assert set(refusal.value.fields) == {"again"}


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


FORM = "application/x-www-form-urlencoded"


def test_form() -> None:
    """A form is bounded, and of one kind only."""
    fields = read_form(bare_request(b"a=1", content_type=f"{FORM}; charset=utf-8"), 10)
    assert fields["a"] == "1"
    with pytest.raises(TooLarge):
        read_form(bare_request(b"a=1234567890", content_type=FORM), 10)
    with pytest.raises(Invalid):
        read_form(bare_request(b"a=1", content_type="text/plain"), 10)
