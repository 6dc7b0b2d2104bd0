"""Descriptions: Markdown by people, made into HTML that can do nothing."""

import re
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

LONGEST = 20_000
"""Characters that are rendered; the rest is left out."""

_TAGS = frozenset(
    "a b blockquote br code dd del dl dt em h3 h4 h5 h6 hr i li ol p pre s strong"
    " sub sup table tbody td th thead tr ul".split()
)
_HEADING = re.compile(r"h([1-6])")


def _parser() -> MarkdownIt:
    # Pictures would make every reader's browser call a stranger's server.
    chosen = MarkdownIt("commonmark", {"html": False, "maxNesting": 20})
    return chosen.enable(["table", "strikethrough"]).disable("image")


_PARSER = _parser()


@lru_cache(maxsize=256)
def render(text: str) -> Markup:
    """Return *text* as HTML; its headings begin at the third level, below ours."""
    tokens = _PARSER.parse(text[:LONGEST])
    for token in tokens:
        level = _HEADING.fullmatch(token.tag)
        if level:
            token.tag = f"h{min(int(level[1]) + 2, 6)}"
    html = _PARSER.renderer.render(tokens, _PARSER.options, {})
    clean = nh3.clean(
        html,
        tags=set(_TAGS),
        attributes={"a": {"href", "title"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow ugc",
    )
    return Markup(clean)  # noqa: S704 -- cleaned in the line above
