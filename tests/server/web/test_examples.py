"""The page of examples: where it is, and that it shows every part there is."""

import re
from pathlib import Path

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from aen.model.projects import State
from aen.runtime.assets import Assets
from aen.server.web.examples import BUTTONS
from aen.server.web.site import site
from tests.outcomes import now
from tests.server.web.browser import Answered, Browser
from tests.server.web.example import example

STYLES = Path(__file__).parents[3] / "frontend/server/css"
COMMON = STYLES.parents[1] / "common"
PARTS = ("controls.css", "parts.css", "content.css", "faces.css")
"""The style sheets of what many pages are made of."""
ONE_PAGE = {"about", "goes"}
"""What only one page has, a profile and what is said of a deletion."""


@pytest.fixture
def examples(clock: Clock, tmp_path: Path) -> Answered:
    """Return the page, made of the style sheet as it is written."""
    style = (COMMON / "tokens.css").read_text("utf-8")
    names = {"app.css": style, "app.js": "", "mark.svg": "", "examples.css": ""}
    for name, text in names.items():
        (tmp_path / name).write_text(text)
    listed = ", ".join(f'"{name}": "{name}"' for name in names)
    (tmp_path / "manifest.json").write_text(f"{{{listed}}}")
    world = now(Deferred.fromCoroutine(example(clock, examples=True)))
    pages = site(world.rooms, assets=Assets.load(tmp_path))
    return Browser(pages).get("/static/examples")


def test_not_everywhere(visitor: Browser) -> None:
    """Where nobody develops there is no such page."""
    assert visitor.get("/static/examples").status == 404


def test_tokens(examples: Answered) -> None:
    """Each colour is there in light and dark, with its contrast on what it is on."""
    assert examples.status == 200
    assert "accent-wash #e2f1f2 · #12343a" in examples.words
    assert re.search(r"soft on paper 4\.5 \d\.\d \d\.\d Yes", examples.words)
    assert "No" not in re.findall(r"> ?(Yes|No)<", examples.text)


def test_each_part(examples: Answered) -> None:
    """A part that a style sheet knows is on the page."""
    shown = {
        name
        for names in re.findall(r'class="([^"]*)"', examples.text)
        for name in names.split()
    }
    for sheet in PARTS:
        style = re.sub(
            r"/\*.*?\*/", "", (STYLES / sheet).read_text("utf-8"), flags=re.DOTALL
        )
        known = set(re.findall(r"\.([a-z][a-z0-9-]*)", style))
        assert known - shown - ONE_PAGE == set(), f"{sheet}: add it to examples.html"


def test_each_state(examples: Answered) -> None:
    """Buttons, projects and notes are there in each state."""
    for state in State:
        assert f'class="badge {state.value}"' in examples.text
    for size, weight in BUTTONS:
        assert f'class="button {size} {weight}" type="button">' in examples.text
        assert (
            f'class="button {size} {weight}" type="button" disabled>' in examples.text
        )
    assert 'aria-invalid="true"' in examples.text
