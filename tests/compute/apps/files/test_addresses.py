"""What addresses mean."""

import pytest

from aen.compute.apps.files.addresses import (
    DEEPEST,
    Address,
    check,
    href,
    parse,
    parse_path,
    shown,
)
from aen.compute.apps.files.refusals import Refusal

PREFIX = "/ada/lab/files"


@pytest.mark.parametrize(
    ("rest", "names", "folder"),
    [
        (b"/", (), True),
        (b"/a", ("a",), False),
        (b"/a/", ("a",), True),
        (b"/a/b%20c", ("a", "b c"), False),
        (b"/%C3%A9t%C3%A9", ("été",), False),
        (b"/%FF", ("\udcff",), False),
        (b"/a%3Fb%23c", ("a?b#c",), False),
        (b"/.hidden", (".hidden",), False),
        (b"/a?archive=zip", ("a",), False),
    ],
)
def test_names(rest: bytes, names: tuple[str, ...], *, folder: bool) -> None:
    """Each segment is a name; a slash at the end is a folder's."""
    found = parse(PREFIX.encode() + rest, PREFIX)
    assert (found.names, found.folder) == (names, folder)


@pytest.mark.parametrize(
    ("target", "status"),
    [
        (b"/ada/lab/files", 404),
        (b"/ada/lab/filesystem/", 404),
        (b"/ada/lab/files//a", 400),
        (b"/ada/lab/files/a//b", 400),
        (b"/ada/lab/files/../a", 400),
        (b"/ada/lab/files/%2e%2e/a", 400),
        (b"/ada/lab/files/./a", 400),
        (b"/ada/lab/files/a%2fb", 400),
        (b"/ada/lab/files/a%00b", 400),
        (b"/ada/lab/files/" + b"a" * 256, 400),
        (b"/ada/lab/files" + b"/a" * (DEEPEST + 1), 400),
        (b"/ada/lab/files/.aen-upload-x", 404),
        (b"/ada/lab/files/a?nonsense=1", 400),
        (b"/ada/lab/files/a?move=b&move=c", 400),
    ],
)
def test_what_cannot_be(target: bytes, status: int) -> None:
    """No way out of the project is a name, nor what the app keeps for itself."""
    with pytest.raises(Refusal) as caught:
        parse(target, PREFIX)
    assert caught.value.status == status


@pytest.mark.parametrize(
    ("text", "names"),
    [("a/b", ("a", "b")), ("/a//b/", ("a", "b")), ("./a", ("a",)), ("", ())],
)
def test_paths(text: str, names: tuple[str, ...]) -> None:
    """A path is read as people write it."""
    assert parse_path(text) == names
    with pytest.raises(Refusal):
        parse_path(f"{text}/../x")


@pytest.mark.parametrize(
    ("query", "on"),
    [({}, False), ({"parents": "1"}, True), ({"parents": ""}, True),
     ({"parents": "0"}, False), ({"parents": "no"}, False)],
)  # fmt: skip
def test_switches(query: dict[str, str], *, on: bool) -> None:
    """A word alone switches on."""
    assert Address((), folder=True, query=query).says("parents") is on


def test_shown() -> None:
    """What is no character, or hides others, is marked."""
    assert shown("a\udcffb\n\u202ec") == "a\ufffdb\ufffd\ufffdc"
    assert href("\udcff/é") == "%FF%2F%C3%A9"
    assert check(("a",)) == ("a",)
    assert Address((), folder=True).text == "the folder of the project"
