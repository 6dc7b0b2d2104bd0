"""Pictures of people."""

import re
from pathlib import Path

import pytest

from aen.server.web.faces import HUES, hue, initials, picture
from tests.installed import ROOT

SERVICE = "https://pictures.example/avatar"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Ada Lovelace", "AL"),
        ("ada", "A"),
        ("Ludwig van Beethoven", "LB"),
        ("  émile   zola ", "ÉZ"),
        ("李 明", "李明"),
        ("(bot) nightly", "N"),
        ("--", "-"),
        ("", "?"),
    ],
)
def test_initials(title: str, expected: str) -> None:
    """One or two letters, of whatever script."""
    assert initials(title) == expected


def test_a_colour_stays() -> None:
    """It depends on the name alone, and every one of them is in the style sheet."""
    assert hue("ada") == hue("ada")
    assert len({hue(f"user{number}") for number in range(500)}) == HUES
    css = Path(ROOT, "frontend/server/css/faces.css").read_text("utf-8")
    assert re.findall(r"\.hue-(\d+) ", css) == [str(one) for one in range(HUES)]


def test_nobody_is_asked_unless_the_operator_says_so() -> None:
    """Then by the SHA-256 of the address, never the address."""
    assert not picture("", "ada@example.org")
    assert not picture(SERVICE, "")
    asked = picture(SERVICE + "/", " Ada@Example.org")
    assert asked == picture(SERVICE, "ada@example.org")
    assert re.fullmatch(rf"{SERVICE}/[0-9a-f]{{64}}\?d=404&s=160", asked)
