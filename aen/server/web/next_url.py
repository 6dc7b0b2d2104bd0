"""Where to go after signing in: always a path of this server, whatever was asked."""

import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

HOME = "/"
_LONGEST = 2000
_BLANK_OR_CONTROL = re.compile(r"[\x00-\x20\x7f]")
_PATH = "/-._~!$&'()*+,;=:@"


def safe_next(asked: str | None) -> str:
    """Return the path and query of *asked*, taken apart once and built anew.

    Anything that is not plainly a path here, or that a browser could read as
    another host once decoded, becomes the start page.
    """
    if not asked or len(asked) > _LONGEST or not asked.startswith("/"):
        return HOME
    if _unsafe(asked):
        return HOME
    parts = urlsplit(asked)
    if parts.scheme or parts.netloc:
        return HOME
    path = unquote(parts.path, errors="replace")
    # A second reading must not find anything new: %252f, %255c, ...
    if _unsafe(path) or _unsafe(unquote(path)) or ".." in path.split("/"):
        return HOME
    try:
        query = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=50)
    except ValueError:
        return HOME
    anew = quote(path, safe=_PATH)
    return f"{anew}?{urlencode(query)}" if query else anew


def _unsafe(text: str) -> bool:
    # Browsers strip tabs and newlines inside addresses and read \ as /.
    return (
        text.startswith("//")
        or "\\" in text
        or "\N{REPLACEMENT CHARACTER}" in text
        or _BLANK_OR_CONTROL.search(text) is not None
    )
