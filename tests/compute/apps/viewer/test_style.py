"""The Viewer's style sheets: colours that can be read, for every class there is."""

import re
from pathlib import Path

import pytest
from pygments.token import STANDARD_TYPES

from aen.compute.apps.viewer.rendering.colours import class_of
from aen.server.web.colours import TEXT, Tokens, contrast
from tests.test_shape import ROOT

STYLES = ROOT / "frontend/viewer/parts"
CODE = (STYLES / "code.css").read_text("utf-8")
PRINT = (STYLES / "print.css").read_text("utf-8")
TOKENS = Tokens.of((ROOT / "frontend/common/tokens.css").read_text("utf-8"))
GROUNDS = ("sheet", "sunk", "paper", "bad-wash", "busy-wash")
"""What source, and what programs print, may stand on."""


def colours(text: str) -> dict[str, str]:
    """Return the colours that a rule sets, by name."""
    return dict(re.findall(r"--((?:code|ansi)-\w+): (#[0-9a-f]{6})", text))


LIGHT, DARK = map(colours, CODE.split("prefers-color-scheme: dark"))


@pytest.mark.parametrize(
    ("found", "ground"),
    [
        *((LIGHT, TOKENS.light[one]) for one in GROUNDS),
        *((DARK, TOKENS.dark[one]) for one in GROUNDS),
        *((colours(PRINT), one) for one in ("#fff", "#f4f5f4", "#fdf3f2", "#fdf8ea")),
    ],
)
def test_readable(found: dict[str, str], ground: str) -> None:
    """Each colour can be read on whatever it may stand on, on paper too."""
    assert found.keys() == LIGHT.keys() == DARK.keys()
    weak = {name for name, value in found.items() if contrast(value, ground) < TEXT}
    assert not weak


def test_on_colours() -> None:
    """What stands on a colour can be read, too."""
    for found, sheet in ((LIGHT, TOKENS.light["sheet"]), (DARK, TOKENS.dark["sheet"])):
        for name, value in found.items():
            assert contrast(value, sheet) >= TEXT, name


def test_paper_is_light() -> None:
    """Its colours win over those of the dark: they stand later, as strongly."""
    dark = ':root:not([data-theme="light"]) {'
    assert dark in (ROOT / "frontend/common/tokens.css").read_text("utf-8")
    assert dark in PRINT
    order = (ROOT / "frontend/viewer/viewer.css").read_text("utf-8")
    assert order.index("ground.css") < order.index("print.css")


def test_every_class() -> None:
    """The style sheet has a colour for each class of source, and no other."""
    made = {class_of(kind) for kind in STANDARD_TYPES} - {""}
    styled = set(re.findall(r"^\.(g?[a-z]) \{ color", CODE, re.MULTILINE))
    assert made == styled


def test_every_template_is_styled() -> None:
    """A class of the pages is known to a style sheet."""
    folder = Path(ROOT / "aen/compute/apps/viewer/templates")
    style = "".join(one.read_text("utf-8") for one in STYLES.iterdir())
    said = "".join(one.read_text("utf-8") for one in folder.iterdir())
    names = {
        name
        for found in re.findall(r'class="([^"{}]*)"', said)
        for name in found.split()
    }
    assert names
    assert {name for name in names if f".{name}" not in style} == set()
