"""Source with colours."""

import re

import pytest
from pygments.token import Token, string_to_tokentype

from aen.compute.apps.viewer.rendering.colours import (
    class_of,
    coloured,
    lexer_called,
    lexer_of_cell,
    lexer_of_file,
)


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("a.py", "Python"),
        ("Makefile", "Makefile"),
        ("x.R", "S"),
        ("page.html", "HTML"),
        ("notes.txt", "Text only"),
        ("nothing", None),
        ("*[", None),
    ],
)
def test_by_name(name: str, language: str | None) -> None:
    """The name says what language a file is in."""
    found = lexer_of_file(name)
    assert (found.name if found else None) == language


@pytest.mark.parametrize(
    ("source", "language", "name"),
    [
        ("x", "python", "Python"),
        ("x", "ipython3", "Python"),
        ("x", "R", "S"),
        ("%%bash\nls", "python", "Bash"),
        ("%%time\nx", "python", "Python"),
        ("%%", "python", "Python"),
        ("x", "no such language", None),
        ("x", "", None),
    ],
)
def test_by_cell(source: str, language: str, name: str | None) -> None:
    """A cell is in its notebook's language, unless it says of another."""
    found = lexer_of_cell(source, language)
    assert (found.name if found else None) == name


def test_classes() -> None:
    """A kind has its own class or that of what it is a kind of."""
    assert class_of(Token.Keyword.Namespace) == "k"
    assert class_of(Token.Literal.String.Doc) == "c"
    assert class_of(string_to_tokentype("Name.Variable")) == ""


def test_lines_are_whole() -> None:
    """No element goes past the end of a line; the text is what it was."""
    text = 'def f():\n    """A <b>\n\n    doc."""\n    return "&"\n'
    html = coloured(text, lexer_called("python"))
    for line in html.split("\n"):
        assert line.count("<span") == line.count("</span>")
    assert '<span class="k">def </span><span class="f">f</span>' in html
    assert (
        re.sub("<[^>]*>", "", html)
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&#34;", '"')
        .replace("&amp;", "&")
        == text
    )


def test_without() -> None:
    """Text of no language is text."""
    assert coloured("<a>\n\n", None) == "&lt;a&gt;\n\n"
    assert coloured("\n\nx\n\n", lexer_called("python")) == "\n\nx\n\n"
