"""Templates: text stays text, mistakes are seen."""

from pathlib import Path

import pytest
from jinja2 import UndefinedError

from aen.runtime.templates import templates_in


def test_what_is_filled_in_is_text(tmp_path: Path) -> None:
    """Markup in it does nothing, whatever the template is called."""
    (tmp_path / "page.txt").write_text("<p>{{ name }}</p>")
    made = templates_in(tmp_path).get_template("page.txt").render(name="<b>")
    assert made == "<p>&lt;b&gt;</p>"


def test_a_missing_value_is_a_mistake(tmp_path: Path) -> None:
    """It does not become an empty place on the page."""
    (tmp_path / "page.html").write_text("{{ name }}")
    with pytest.raises(UndefinedError, match="name"):
        templates_in(tmp_path).get_template("page.html").render()


def test_tags_leave_no_blank_lines(tmp_path: Path) -> None:
    """A line that holds a tag alone is not in the page."""
    (tmp_path / "page.html").write_text("a\n  {% if true %}\nb\n  {% endif %}\nc\n")
    assert templates_in(tmp_path).get_template("page.html").render() == "a\nb\nc"
