"""Forms of the server's pages, as far as tests fill them in."""

import html
import re

_TOKEN = re.compile(r'name="_csrf" value="([^"]+)"')


def forgery_token(page: str) -> str:
    """Return the anti-forgery token of a page's form."""
    found = _TOKEN.search(page)
    assert found is not None, page
    return html.unescape(found[1])
