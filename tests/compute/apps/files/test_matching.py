"""Names and lines that have what is looked for."""

import fnmatch
import re

import pytest
from hypothesis import given
from hypothesis import strategies as some

from aen.compute.apps.files.matching import (
    check_text,
    lines_with,
    matches,
    name_matcher,
)
from aen.compute.apps.files.refusals import Refusal


@pytest.mark.parametrize(
    ("text", "name", "fits"),
    [
        ("one", "data.one.csv", True),
        ("ONE", "one", True),
        ("straße", "STRASSE.txt", True),
        ("*.csv", "one.csv", True),
        ("*.CSV", "one.csv", True),
        ("*.csv", "one.csv.gz", False),
        ("?ne", "one", True),
        ("?ne", "one.csv", False),
        ("[o]*", "one", False),
        ("[o]", "x[O]x", True),
        ("a*b*c", "aXbYbZc", True),
        ("*", "", True),
        ("?", "", False),
    ],
)
def test_names(text: str, name: str, *, fits: bool) -> None:
    """A part of it, or all of it by signs that stand for any."""
    assert name_matcher(text)(name) is fits


@given(some.text("ab*?", max_size=8), some.text("ab", max_size=8))
def test_as_shells_do(pattern: str, name: str) -> None:
    """The standard library says the same of stars and question marks."""
    same = re.fullmatch(fnmatch.translate(pattern), name) is not None
    assert matches(pattern, name) is same


def test_no_pattern_takes_long() -> None:
    """Stars do not multiply: this would take years by trying all ways."""
    assert not matches("*a" * 127 + "b", "a" * 255)


@pytest.mark.parametrize("text", ["", "  ", "x" * 256])
def test_nothing_to_look_for(text: str) -> None:
    """It is said so."""
    with pytest.raises(Refusal, match="1 to 255"):
        check_text(text)


def test_lines() -> None:
    """By number; stars are stars; what is around it in a long one."""
    content = b"first\r\n\tA * b\nlast  a * B\n"
    assert lines_with("a * b", content, 9) == [(2, "A * b"), (3, "last  a * B")]
    assert lines_with("a * b", content, 1) == [(2, "A * b")]
    assert lines_with("nothing", content, 9) == []
    long = b"x" * 5000 + b"needle" + b"y" * 5000
    ((number, text),) = lines_with("needle", long, 9)
    assert (number, len(text), "needle" in text) == (1, 200, True)


def test_what_is_no_text() -> None:
    """Is not looked through; what is no UTF-8 is read as well as it can be."""
    assert lines_with("a", b"a\0", 9) == []
    assert lines_with("caf", b"caf\xe9", 9) == [(1, "caf\N{REPLACEMENT CHARACTER}")]
