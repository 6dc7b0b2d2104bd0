"""HTML of notebooks and Markdown: what is kept of it does nothing but show."""

import re
from typing import Final

import nh3
from attrs import define, field
from markupsafe import Markup

from aen.compute.apps.viewer.rendering.links import Links
from aen.runtime.markup import LINK_REL, SCHEMES, TAGS

_TAGS: Final = TAGS | frozenset(
    "abbr audio caption cite col colgroup details div figcaption figure img kbd mark"
    " q samp small source span summary tfoot u var video".split()
)
_ATTRIBUTES: Final = {
    "*": {"dir", "id", "lang", "style", "title"},
    "a": {"href", "name"},
    "audio": {"controls", "src"},
    "col": {"span"},
    "colgroup": {"span"},
    "details": {"open"},
    "img": {"alt", "height", "src", "width"},
    "ol": {"start", "type"},
    "source": {"src", "type"},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan", "scope"},
    "video": {"controls", "height", "src", "width"},
}
_STYLES: Final = frozenset(
    "font-style font-weight text-align text-decoration vertical-align white-space"
    " width".split()
)
"""No colours: they were chosen for a page of another one than the reader's may be."""
_SILENT: Final = {"script", "style", "title", "template", "noscript", "textarea"}
"""What is left out with all that is in it."""
_TOP: Final = re.compile(r"(?i)<(/?)h1(?=[\s>/])")
_OUTSIDE: Final = re.compile(r'<a ([^>]*?)href="(?=https?:|mailto:)')
_SAYS_NOTHING: Final = re.compile(r'<img (?![^<>]*\balt=")')
_SHOWS: Final = re.compile(r"<(?:img|audio|video|hr)\b")
_TAG: Final = re.compile(r"<[^<>]*>")


def clean(html: str, links: Links) -> Markup:
    """Return what of *html* can do nothing; headings begin below the page's own."""
    cleaned = nh3.clean(
        _TOP.sub(r"<\1h2", html),
        tags=set(_TAGS),
        clean_content_tags=set(_SILENT),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=links.filtered,
        filter_style_properties=set(_STYLES),
        url_schemes=set(SCHEMES) | {"data", "attachment"},
        link_rel=LINK_REL,
    )
    cleaned = _SAYS_NOTHING.sub('<img alt="" ', cleaned)
    if links.place.query:  # shown in a frame, where other sites would not open
        cleaned = _OUTSIDE.sub(r'<a target="_blank" \1href="', cleaned)
    return Markup(cleaned)  # noqa: S704 -- cleaned in the lines above


def shows_something(html: Markup) -> bool:
    """Whether there is anything to be seen in what was cleaned."""
    return bool(_SHOWS.search(html) or _TAG.sub("", html).strip())


@define
class Kept:
    """Pieces that are ours, and so take no part in the cleaning around them.

    A piece is kept under a name that nobody can guess; the name stands in the text that
    is cleaned, and is filled in at the end.
    """

    secret: str
    pieces: list[Markup] = field(factory=list)

    def put(self, piece: Markup) -> str:
        """Return what stands for *piece*."""
        self.pieces.append(piece)
        return f"{self.secret}x{len(self.pieces) - 1}z"

    def fill(self, html: Markup) -> Markup:
        """Return *html* with all pieces in their places."""
        pattern = re.compile(rf"{self.secret}x(\d{{1,9}})z")
        filled = pattern.sub(lambda match: self.pieces[int(match[1])], html)
        return Markup(filled)  # noqa: S704 -- both are clean
