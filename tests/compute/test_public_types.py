"""How files of public folders are shown."""

import pytest

from aen.compute.public_types import SANDBOX, headers_of


@pytest.mark.parametrize(
    ("name", "kind", "saved"),
    [
        (b"index.html", b"text/html; charset=utf-8", False),
        (b"PICTURE.PNG", b"image/png", False),
        (b"x.svg", b"image/svg+xml", False),
        (b"a.tar.gz", b"application/octet-stream", True),
        (b"html", b"application/octet-stream", True),
        (b"x.xhtml", b"application/octet-stream", True),
        (b"x.ipynb", b"application/octet-stream", True),
    ],
)
def test_types(name: bytes, kind: bytes, saved: bool) -> None:  # noqa: FBT001
    """By a list of what may be shown; never with the rights of our own pages."""
    headers = dict(headers_of(name))
    assert headers[b"content-type"] == kind
    assert (b"content-disposition" in headers) is saved
    assert headers[b"content-security-policy"] == SANDBOX
    assert headers[b"x-content-type-options"] == b"nosniff"


def test_a_name_cannot_break_its_header() -> None:
    """Quotes, newlines and bytes are escaped."""
    saved = dict(headers_of(b'a"b\r\nc\xff.bin'))[b"content-disposition"]
    assert saved == b"attachment; filename*=UTF-8''a%22b%0D%0Ac%FF.bin"


def test_documents_of_another_kind() -> None:
    """Browsers refuse to show them in a sandbox, and give them one of their own."""
    assert b"content-security-policy" not in dict(headers_of(b"a.pdf"))
