"""Source and text, line by line, each with its number and an address of its own."""

from collections.abc import Iterator
from typing import Final

from markupsafe import Markup

from aen.compute.apps.viewer.rendering.bounds import Bounds
from aen.compute.apps.viewer.rendering.colours import coloured, lexer_of_file
from aen.compute.apps.viewer.rendering.jobs import Job, Rendered

NOT_UTF8: Final = "This is no UTF-8; it is shown as Latin-1."
UNCOLOURED: Final = "It is too long for colours."
_LINE: Final = Markup(
    '<span class="line" id="L{0}"><a href="#L{0}" tabindex="-1">{0}</a>'
    "<span>{1}\n</span></span>"
)


def render_source(job: Job, bounds: Bounds) -> Rendered:
    """Return a text as HTML."""
    text, notes = decoded(job.content, cut=job.cut)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    lexer = None if job.plain else lexer_of_file(job.name)
    if lexer is not None and len(text) > bounds.highlighted:
        lexer = None
        notes.append(UNCOLOURED)
    return Rendered("".join(_lines(coloured(text, lexer))), tuple(notes))


def decoded(content: bytes, *, cut: bool) -> tuple[str, list[str]]:
    """Return what bytes say, and what is to be said of that.

    :param cut: whether they may end within a character.
    """
    content = content.removeprefix(b"\xef\xbb\xbf")
    for less in range(4 if cut else 1):
        try:
            return content[: len(content) - less].decode(), []
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1"), [NOT_UTF8]


def _lines(source: Markup) -> Iterator[Markup]:
    lines = source.split("\n")
    if len(lines) > 1 and not lines[-1]:
        lines.pop()
    for number, line in enumerate(lines, 1):
        yield _LINE.format(number, line)
