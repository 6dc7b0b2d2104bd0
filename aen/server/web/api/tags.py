"""Entity tags: that somebody changes what they have seen, and nothing newer.

RFC 9110 sections 8.8.3 and 13.1.1. A tag here tells what people edit of a thing, not
what happens to it meanwhile; answers are not stored anywhere (``no-store``), so that
no cache could take it for more.
"""

import re

from twisted.web.server import Request

from aen.model.errors import Invalid

_ONE = r'(?:W/)?"[!#-~]*"'
PATTERN = rf"^(?:\*|{_ONE}(?:[ \t]*,[ \t]*{_ONE}){{0,19}})$"
"""What ``If-Match`` may be: ``*``, or up to twenty tags."""
_WHOLE = re.compile(PATTERN)
_EACH = re.compile(r'(W/)?"([!#-~]*)"')


def written(edition: str) -> bytes:
    """Return an edition as the value of ``ETag``."""
    return f'"{edition}"'.encode()


def expected(request: Request) -> frozenset[str] | None:
    """Return the editions that ``If-Match`` names; None: any will do.

    :raises Invalid: it is no list of entity tags.
    """
    header = request.getHeader("if-match")
    return None if header is None else read(header.strip(" \t"))


def read(text: str) -> frozenset[str] | None:
    """Return what `expected` does, of the header itself."""
    if text == "*":
        return None
    if not _WHOLE.fullmatch(text):
        raise Invalid("“If-Match” must be the “ETag” of an answer, as it was, or “*”.")
    # Weak tags never match (RFC 9110 section 8.8.3.2).
    return frozenset(one for weak, one in _EACH.findall(text) if not weak)
