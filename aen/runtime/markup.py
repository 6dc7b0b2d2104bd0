"""What people write for others to see, as Markdown or HTML: what of it is kept."""

import re
from collections.abc import Iterable
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

TAGS: Final = frozenset(
    "a b blockquote br code dd del dl dt em h2 h3 h4 h5 h6 hr i li ol p pre s strong"
    " sub sup table tbody td th thead tr ul".split()
)
"""What Markdown can say, but pictures, and the first heading: that is ours."""
SCHEMES: Final = frozenset({"http", "https", "mailto"})
"""Where links may lead, besides to our own pages."""
LINK_REL: Final = "noopener noreferrer nofollow ugc"
"""That we do not vouch for where they lead."""
LOWEST: Final = 6
_HEADING = re.compile(r"h([1-6])")


def markdown_parser(*, html: bool) -> MarkdownIt:
    """Return what reads Markdown; what comes of it is still to be cleaned.

    :param html: whether HTML in it is markup, too, and not text.
    """
    chosen = MarkdownIt("commonmark", {"html": html, "maxNesting": 20})
    return chosen.enable(["table", "strikethrough"])


def lower_headings(tokens: Iterable[Token], by: int) -> None:
    """Put headings *by* levels below those that are ours."""
    for token in tokens:
        level = _HEADING.fullmatch(token.tag)
        if level:
            token.tag = f"h{min(int(level[1]) + by, LOWEST)}"
