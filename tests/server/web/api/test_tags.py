"""Entity tags, as callers send them."""

import pytest

from aen.model.errors import Invalid
from aen.server.web.api.tags import read, written
from tests.server.web.api.program import Program

PATH = "/projects/ada/scratch"


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("*", None),
        ('"a"', {"a"}),
        ('"a","b" , "c,d"', {"a", "b", "c,d"}),
        ('W/"a", "b"', {"b"}),
        ('W/"a"', set()),
        ('""', {""}),
    ],
)
def test_read(header: str, found: set[str] | None) -> None:
    """Weak ones match nothing; a comma may be in a tag."""
    assert read(header) == found


@pytest.mark.parametrize(
    "header", ["", "a", '"a', '"a" "b"', '"a",', '"a b"', ",".join(['"a"'] * 21)]
)
def test_no_tags(header: str) -> None:
    """What is none is refused, not taken for any."""
    with pytest.raises(Invalid, match="ETag"):
        read(header)


def test_written() -> None:
    """What is sent is understood when it comes back."""
    assert read(written("ab12").decode()) == frozenset({"ab12"})


def test_two_people(adas: Program) -> None:
    """The second is told, and nothing of the first is lost."""
    first = adas.raw("GET", PATH)
    tag = first.header("etag")
    saved = adas.raw("PATCH", PATH, {"summary": "one"}, if_match=tag)
    assert saved.status == 200
    assert saved.header("etag") != tag
    status, refused = adas.ask("PATCH", PATH, {"summary": "two"}, if_match=tag)
    assert (status, refused["error"]["code"]) == (412, "changed")
    assert adas.ask("GET", PATH)[1]["summary"] == "one"
    again = saved.header("etag")
    assert adas.ask("PATCH", PATH, {"summary": "two"}, if_match=again)[0] == 200
    assert adas.ask("PATCH", PATH, {"summary": "three"})[0] == 200
    assert adas.ask("PATCH", PATH, {"summary": "four"}, if_match="*")[0] == 200
    assert adas.ask("PATCH", PATH, {"summary": "five"}, if_match="x")[0] == 400
    assert adas.ask("PATCH", PATH, {}, if_match='"old"')[0] == 412
    assert f'"{adas.ask("GET", PATH)[1]["edition"]}"' == (
        adas.raw("GET", PATH).header("etag")
    )
