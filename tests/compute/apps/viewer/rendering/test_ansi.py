"""What programs print, as it is shown."""

import re

import pytest

from aen.compute.apps.viewer.rendering import ansi


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("plain <b>", "plain &lt;b&gt;"),
        ("\x1b[31mred\x1b[0m on", '<span class="fg1">red</span> on'),
        ("\x1b[1;4mx", '<span class="bold underline">x</span>'),
        ("\x1b[1;4m\x1b[22my", '<span class="underline">y</span>'),
        ("\x1b[91mx\x1b[39my", '<span class="fg1">x</span>y'),
        ("\x1b[42mx\x1b[49my", '<span class="bg2">x</span>y'),
        ("\x1b[31;7mx", '<span class="bg1">x</span>'),
        ("\x1b[7mx", '<span class="inverse">x</span>'),
        ("\x1b[mx", "x"),
        ("\x1b[38;5;9mx", '<span class="fg1">x</span>'),
        ("\x1b[38;5;196mx", '<span class="fg1">x</span>'),
        ("\x1b[38;5;255mx", '<span class="fg7">x</span>'),
        ("\x1b[48;2;0;180;10mx", '<span class="bg2">x</span>'),
        ("\x1b[38;2;1mx", "x"),
        ("\x1b[38mx", "x"),
        ("\x1b[999999999999999999999mx", "x"),
        ("\x1b[2J\x1b[10;20Hx\x1b(B", "x"),
        ("\x1b]8;;https://evil.example\x07link\x1b]8;;\x1b\\", "link"),
        ("\x1b]0;never ended", ""),
        ("10 %\r50 %\r100 %\ndone\r\n", "100 %\ndone\n"),
        ("kept\r", "kept"),
        ("a\x00\x07\x08b\tc", "ab\tc"),
        ("\x1b", ""),
        ("\x1b[31m", ""),
        ('"&\'', "&#34;&amp;&#39;"),
    ],
)  # fmt: skip
def test_shown(text: str, html: str) -> None:
    """Colours become classes; nothing else of what is not text is left."""
    assert ansi.shown(text) == html


def test_every_class_is_known() -> None:
    """A class is one of those that the style sheet has."""
    codes = [*range(110), *(f"38;5;{one}" for one in range(256)), "48;2;9;200;7"]
    html = ansi.shown("".join(f"\x1b[{code}mx" for code in codes))
    classes = {one for found in re.findall('class="([^"]*)"', html)
               for one in found.split()}  # fmt: skip
    flags = {"bold", "dim", "italic", "underline", "inverse"}
    colours = {f"{place}{number}" for place in ("fg", "bg") for number in range(8)}
    assert classes <= flags | colours
    assert "fg7" in classes


def test_plain() -> None:
    """Without colours it is only what is to be read."""
    assert ansi.plain("\x1b[31mred\x1b[0m\x07 <b>\n") == "red <b>\n"
