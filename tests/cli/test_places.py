"""What is here, and what is in a project."""

import pytest

from aen.cli.places import Here, There, parse, there
from aen.cli.problems import Wrong


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ada/lab:data/a.csv", There("ada/lab", "data/a.csv")),
        ("ada/lab:", There("ada/lab", "")),
        ("ada/lab:/data//a/", There("ada/lab", "data/a")),
        ("ada/lab:a:b", There("ada/lab", "a:b")),
        ("a.csv", Here("a.csv")),
        ("-", Here("-")),
        ("./lab:x", Here("./lab:x")),
        ("../lab:x", Here("../lab:x")),
        ("/lab:x", Here("/lab:x")),
        ("a:b", Here("a:b")),
        ("a/b/c:d", Here("a/b/c:d")),
        ("ada/:x", Here("ada/:x")),
    ],
)
def test_parse(text: str, found: object) -> None:
    """A project has an owner, a name and a colon."""
    assert parse(text) == found


def test_parts() -> None:
    """Paths in a project stay in it."""
    assert There("ada/lab", "a").below("b") == There("ada/lab", "a/b")
    assert str(There("ada/lab", "").below("b")) == "ada/lab:b"
    assert there("ada/lab") == There("ada/lab", "")
    for bad in ("ada/lab:../x", "x", "a/b/c"):
        with pytest.raises(Wrong):
            there(bad)
