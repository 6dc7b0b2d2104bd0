"""Templates hold no script or style, and words for times and machines."""

import re
from pathlib import Path

import pytest

from aen.server.web import templates
from aen.server.web.templates import ago, percent

FILES = sorted((Path(templates.__file__).parent / "templates").rglob("*.html"))
INLINE = re.compile(
    r"""\s(style|on[a-z]{3,}|hx-on[a-z:-]*)="|<script(?![^>]*\ssrc=)|<style"""
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_nothing_inline(path: Path) -> None:
    """The content security policy allows neither script nor style in a page."""
    assert not INLINE.search(path.read_text())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_form_carries_the_token(path: Path) -> None:
    """A form that changes something has the anti-forgery field."""
    for form in re.findall(r"<form.*?</form>", path.read_text(), re.DOTALL):
        if 'method="post"' in form:
            assert "m.token()" in form


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_escaping_is_left_on(path: Path) -> None:
    """Only our own icons are put in as they are."""
    text = path.read_text()
    assert text.count("| safe") == (1 if path.name == "macros.html" else 0)
    assert "autoescape" not in text


@pytest.mark.parametrize(
    ("then", "words"),
    [
        (1000, "just now"),
        (970, "30 seconds ago"),
        (940, "1 minute ago"),
        (1120, "in 2 minutes"),
        (1000 - 7200, "2 hours ago"),
        (1000 - 86_400 * 3, "3 days ago"),
        (1000 - 86_400 * 800, "2 years ago"),
    ],
)
def test_ago(then: float, words: str) -> None:
    """Times are told as people tell them."""
    assert ago(then, 1000) == words


def test_percent() -> None:
    """Progress without a known end has no percentage."""
    assert percent(1, 3) == 33
    assert percent(9, 3) == 100
    assert percent(1, 0) is None
