"""Style sheets say nothing in vain: what they read is set, what they dress is there."""

import functools
import re

import pytest

from tests.test_shape import FILES, ROOT, needs_git

SHEETS = tuple(name for name in FILES if re.fullmatch(r"frontend/.*\.css", name))
TOKENS = "frontend/common/tokens.css"
OF_OTHERS = {"htmx-request", "xterm-helper-textarea"}
"""Classes that libraries put on what is ours, or have themselves."""

EDITOR = "cm-"
"""How CodeMirror's own classes begin."""

pytestmark = needs_git


def rules(sheet: str) -> str:
    """Return what a style sheet says, its comments left out."""
    text = (ROOT / sheet).read_text("utf-8")
    return re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)


def defined(sheet: str) -> set[str]:
    """Return the custom properties that a style sheet sets."""
    return set(re.findall(r"(--[\w-]+):", rules(sheet)))


def defined_beside(sheet: str) -> set[str]:
    """Return the properties that sheets and scripts of the same page set."""
    area = sheet.split("/")[1]
    found = {
        name for one in SHEETS if one.split("/")[1] == area for name in defined(one)
    }
    for name in FILES:
        if re.fullmatch(rf"frontend/{area}/.*\.js", name):
            text = (ROOT / name).read_text("utf-8")
            found.update(re.findall(r"setProperty\(\s*[\"`](--[\w-]+)", text))
    return found


def used(sheet: str) -> set[str]:
    """Return the custom properties that a style sheet reads."""
    return set(re.findall(r"var\((--[\w-]+)", rules(sheet)))


@pytest.mark.parametrize("sheet", SHEETS)
def test_what_is_read_is_set(sheet: str) -> None:
    """A property that nobody sets would silently be nothing."""
    assert used(sheet) - defined_beside(sheet) - defined(TOKENS) == set()


def test_every_token_is_used() -> None:
    """The tokens are those of the pages there are."""
    assert defined(TOKENS) - {name for sheet in SHEETS for name in used(sheet)} == set()


@pytest.mark.parametrize("sheet", SHEETS)
def test_what_is_dressed_is_there(sheet: str) -> None:
    """Each class and id is a word of a template, a script or a module."""
    selectors = re.sub(r"\{[^{}]*\}", "", rules(sheet))
    named = set(re.findall(r"[.#]([a-z][\w-]*)", selectors)) - OF_OTHERS - words()
    assert {name for name in named if not name.startswith(EDITOR)} == set()


@functools.cache
def words() -> set[str]:
    """Return every word of what can make an element.

    Hues are made of numbers, the classes of the Workbench's icons of their names.
    """
    makes = re.compile(r"aen/.*\.(?:html|py)|frontend/.*\.js")
    found = {f"hue-{number}" for number in range(12)}
    signs = (ROOT / "frontend/workbench/files/signs.svg").read_text("utf-8")
    found.update(f"icon-{name}" for name in re.findall(r'id="([\w-]+)"', signs))
    for name in filter(makes.fullmatch, FILES):
        found.update(re.findall(r"[\w-]+", (ROOT / name).read_text("utf-8")))
    return found
