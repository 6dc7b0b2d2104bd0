"""Descriptions: Markdown by people, made into HTML that can do nothing."""

from functools import lru_cache

import nh3
from markupsafe import Markup

from aen.runtime.markup import (
    LINK_REL,
    SCHEMES,
    TAGS,
    lower_headings,
    markdown_parser,
)

LONGEST = 20_000
"""Characters that are rendered; the rest is left out."""

# Pictures would make every reader's browser call a stranger's server.
_PARSER = markdown_parser(html=False).disable("image")


@lru_cache(maxsize=256)
def render(text: str) -> Markup:
    """Return *text* as HTML; its headings begin at the third level, below ours."""
    tokens = _PARSER.parse(text[:LONGEST])
    lower_headings(tokens, 2)
    html = _PARSER.renderer.render(tokens, _PARSER.options, {})
    clean = nh3.clean(
        html,
        tags=set(TAGS),
        attributes={"a": {"href", "title"}, "ol": {"start"}},
        url_schemes=set(SCHEMES),
        link_rel=LINK_REL,
    )
    return Markup(clean)  # noqa: S704 -- cleaned in the line above
