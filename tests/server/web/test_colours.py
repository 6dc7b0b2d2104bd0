"""Colours that can be told from each other, as computed and as they are."""

from pathlib import Path

import pytest

from aen.server.web.colours import PAIRS, Tokens, contrast, luminance, pairs

TOKENS = Path(__file__).parents[3] / "frontend/common/tokens.css"


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000", "#ffffff", 21.0),
        ("#fff", "#fff", 1.0),
        ("#777777", "#ffffff", 4.48),
        ("#ffffff", "#777777", 4.48),
        ("#0000ff", "#fff", 8.59),
        ("#010101", "#000000", 1.01),
    ],
)
def test_contrast(one: str, other: str, ratio: float) -> None:
    """It is what others compute, whichever comes first."""
    assert contrast(one, other) == pytest.approx(ratio, abs=0.005)


def test_luminance() -> None:
    """Green is brighter than red, red than blue."""
    assert luminance("#00ff00") > luminance("#ff0000") > luminance("#0000ff")


def test_tokens_are_read() -> None:
    """From what is written, and from what the build makes of it."""
    style = (
        ":root{color-scheme:light dark;--ink: #111;--gap-1: .25rem}"
        ":root[data-theme=light]{color-scheme:light}"
        ":root[data-theme=dark]{color-scheme:dark;--ink: #eee}"
    )
    found = Tokens.of(style)
    assert found.colours == ("ink",)
    assert (found.light["ink"], found.dark["ink"]) == ("#111", "#eee")
    assert found.sizes("gap-") == (("gap-1", ".25rem"),)
    assert Tokens.of("body{}").colours == ()


def test_every_colour_is_enough() -> None:
    """What stands on something can be read there, in light and in dark."""
    every = pairs(Tokens.of(TOKENS.read_text("utf-8")))
    assert len(every) == len(PAIRS)
    assert [one for one in every if not one.good] == []


def test_dark_is_said_twice_alike() -> None:
    """What the system chooses and what a person chooses are the same dark."""
    style = TOKENS.read_text("utf-8")
    media = style.split('not([data-theme="light"]) {')[1].split("}")[0]
    chosen = style.split(':root[data-theme="dark"] {')[1].split("}")[0]

    def tokens(rules: str) -> set[str]:
        return {line.strip() for line in rules.splitlines() if "--" in line}

    assert tokens(media) == tokens(chosen)
