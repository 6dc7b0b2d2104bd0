"""Markdown with formulas and coloured source, in files and in cells of notebooks."""

import re
import secrets
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from attrs import define, field
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup
from mdit_py_plugins.amsmath import amsmath_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin

from aen.compute.apps.viewer.rendering.bounds import Bounds
from aen.compute.apps.viewer.rendering.cleaning import Kept, clean
from aen.compute.apps.viewer.rendering.colours import coloured, lexer_called
from aen.compute.apps.viewer.rendering.jobs import Job, Rendered
from aen.compute.apps.viewer.rendering.links import Links
from aen.compute.apps.viewer.rendering.maths import Formulas
from aen.compute.apps.viewer.rendering.source import decoded
from aen.runtime.markup import lower_headings, markdown_parser

CUT: Final = "It is too long; this is its beginning."
_BOX: Final = re.compile(r"\A\[([ xX])\](?=\s)")
_FRONT: Final = re.compile(r"\A---[ \t]*\n.*?\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_SPACES: Final = re.compile(r"\s+")
_LONGEST_ANCHOR: Final = 200


def _parser() -> MarkdownIt:
    parser = markdown_parser(html=True)
    # No formula begins behind a digit or ends before one: those are sums of money.
    dollarmath_plugin(
        parser, allow_labels=False, allow_digits=False, double_inline=True
    )
    amsmath_plugin(parser)
    return parser


_PARSER: Final = _parser()


def render_markdown(job: Job, bounds: Bounds) -> Rendered:
    """Return a file as HTML."""
    text, notes = decoded(job.content, cut=job.cut)
    if job.cut or len(text) > bounds.markdown:
        notes.append(CUT)
    links = Links(job.place)
    found = Writer(bounds).write(_FRONT.sub("", text), links)
    return Rendered(f'<div class="prose">{found}</div>', (*notes, *sorted(links.notes)))


@define
class Writer:
    """Writes the Markdown of one page."""

    bounds: Bounds
    formulas: Formulas = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.formulas = Formulas(self.bounds)

    def write(self, text: str, links: Links) -> Markup:
        """Return *text* as HTML that can do nothing."""
        kept = Kept(secrets.token_hex(12))
        tokens = _PARSER.parse(text[: self.bounds.markdown])
        lower_headings(tokens, 1)
        _name_headings(tokens)
        _show_boxes(tokens)
        for token in tokens:
            self._make_ours(token, kept)
            for child in token.children or ():
                self._make_ours(child, kept)
        html = _PARSER.renderer.render(tokens, _PARSER.options, {})
        return kept.fill(clean(html, links))

    def _make_ours(self, token: Token, kept: Kept) -> None:
        """Put in what we make of a token, where it is one of those that we make."""
        match token.type:
            case "math_inline":
                _become(token, kept.put(self._formula(token, display=False)))
            case "math_inline_double":
                _become(token, kept.put(self._formula(token, display=True)))
            case "math_block" | "amsmath":
                formula = kept.put(self._formula(token, display=True))
                _become(token, f"<p>{formula}</p>\n")
            case "fence" | "code_block":
                words = token.info.split(maxsplit=1)
                lexer = lexer_called(words[0].strip("{}.")) if words else None
                source = kept.put(coloured(token.content, lexer))
                _become(token, f"<pre><code>{source}</code></pre>\n")

    def _formula(self, token: Token, *, display: bool) -> Markup:
        return self.formulas.show(token.content.strip(), display=display)


def _become(token: Token, html: str) -> None:
    token.type, token.content = "html_inline", html


def _name_headings(tokens: Sequence[Token]) -> None:
    """Give headings the anchors that Jupyter gives them."""
    for token, inside in pairwise(tokens):
        if token.type == "heading_open":
            anchor = _SPACES.sub("-", inside.content)[:_LONGEST_ANCHOR]
            token.attrSet("id", anchor)


def _show_boxes(tokens: Sequence[Token]) -> None:
    """Show what is to be done in a list, and what is done."""
    for item, _, inside in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if item.type == "list_item_open" and inside.children:
            first = inside.children[0]
            first.content = _BOX.sub(_box, first.content, count=1)


def _box(match: re.Match[str]) -> str:
    return "\N{BALLOT BOX}" if match[1] == " " else "\N{BALLOT BOX WITH CHECK}"
