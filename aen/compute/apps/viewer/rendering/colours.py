"""Source with colours: classes of a few kinds, chosen by the file's name alone."""

from collections.abc import Iterator
from typing import Any, Final

from markupsafe import Markup, escape
from pygments.lexer import Lexer
from pygments.lexers import find_lexer_class_for_filename, get_lexer_by_name
from pygments.token import Token
from pygments.util import ClassNotFound

_CLASSES: Final[dict[Any, str]] = {
    Token.Comment: "c",
    Token.Comment.Preproc: "d",
    Token.Keyword: "k",
    Token.Keyword.Constant: "m",
    Token.Operator.Word: "k",
    Token.Literal: "m",
    Token.Literal.String: "s",
    Token.Literal.String.Doc: "c",
    Token.Literal.String.Escape: "m",
    Token.Literal.String.Interpol: "m",
    Token.Name.Attribute: "b",
    Token.Name.Builtin: "b",
    Token.Name.Class: "f",
    Token.Name.Constant: "m",
    Token.Name.Decorator: "d",
    Token.Name.Exception: "b",
    Token.Name.Function: "f",
    Token.Name.Namespace: "f",
    Token.Name.Tag: "k",
    Token.Generic.Deleted: "gd",
    Token.Generic.Heading: "f",
    Token.Generic.Inserted: "gi",
    Token.Generic.Prompt: "k",
    Token.Generic.Strong: "f",
    Token.Generic.Subheading: "f",
}
"""The classes that the style sheet has colours for."""
_OPTIONS: Final[dict[str, Any]] = {"stripnl": False, "ensurenl": False}
_MAGICS: Final = {
    "bash": "bash",
    "sh": "bash",
    "html": "html",
    "javascript": "javascript",
    "js": "javascript",
    "latex": "latex",
    "perl": "perl",
    "r": "r",
    "ruby": "ruby",
    "sql": "sql",
    "svg": "xml",
}
"""What is below ``%%name`` at the beginning of a cell."""


def lexer_of_file(name: str) -> Lexer | None:
    """Return what knows the language of a file; what is in it says nothing."""
    found = find_lexer_class_for_filename(name)
    return None if found is None else found(**_OPTIONS)


def lexer_called(language: str) -> Lexer | None:
    """Return what knows a language by its name."""
    name = language.strip().lower()
    name = {"ipython": "python", "ipython3": "python", "ir": "r"}.get(name, name)
    try:
        return get_lexer_by_name(name, **_OPTIONS) if name else None
    except ClassNotFound:
        return None


def lexer_of_cell(source: str, language: str) -> Lexer | None:
    """Return what knows the language of a cell of a notebook in *language*."""
    if source.startswith("%%"):
        words = source[2:200].split()
        if words and words[0].lower() in _MAGICS:
            return lexer_called(_MAGICS[words[0].lower()])
    return lexer_called(language)


def class_of(kind: Any) -> str:
    """Return the class of a kind of token: its own, or of what it is a kind of."""
    while kind is not None:
        if kind in _CLASSES:
            return _CLASSES[kind]
        kind = kind.parent
    return ""


def coloured(text: str, lexer: Lexer | None) -> Markup:
    """Return source as HTML; no element goes past the end of a line."""
    if lexer is None:
        return escape(text)
    return Markup("").join(_spans(_runs(text, lexer)))


def _runs(text: str, lexer: Lexer) -> Iterator[tuple[str, str]]:
    """Give class and text, those of the same class together."""
    last, gathered = "", ""
    for kind, value in lexer.get_tokens(text):
        now = class_of(kind) if not value.isspace() else last
        if now != last:
            yield last, gathered
            last, gathered = now, ""
        gathered += value
    yield last, gathered


def _spans(runs: Iterator[tuple[str, str]]) -> Iterator[Markup]:
    for name, text in runs:
        for number, line in enumerate(text.split("\n")):
            if number:
                yield Markup("\n")
            if name and line:
                yield Markup('<span class="{}">{}</span>').format(name, line)
            else:
                yield escape(line)
