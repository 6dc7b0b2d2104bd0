"""As what files are shown, and how they are sent."""

import pytest

from aen.compute.apps.viewer.kinds import (
    Medium,
    ending,
    is_text,
    medium_of,
    raw_headers,
    view_of,
)
from aen.compute.apps.viewer.rendering.jobs import View

HOSTILE = b'a"\r\nx: y.png\xff\xe2\x80\xae'


@pytest.mark.parametrize(
    ("name", "end"),
    [(b"a.PNG", b"png"), (b"png", b""), (b"a.", b""), (b".png", b"png")],
)
def test_endings(name: bytes, end: bytes) -> None:
    """Only what is behind a dot is one, whatever its case."""
    assert ending(name) == end


@pytest.mark.parametrize(
    ("name", "view", "medium"),
    [
        (b"a.ipynb", View.NOTEBOOK, None),
        (b"A.MD", View.MARKDOWN, None),
        (b"a.tsv", View.TABLE, None),
        (b"a.py", View.SOURCE, None),
        (b"Makefile", View.SOURCE, None),
        (b"a.html", View.SOURCE, None),
        (b"a.png", View.SOURCE, Medium.IMAGE),
        (b"a.SVG", View.SOURCE, Medium.IMAGE),
        (b"a.pdf", View.SOURCE, Medium.PDF),
        (b"a.mp3", View.SOURCE, Medium.AUDIO),
        (b"a.webm", View.SOURCE, Medium.VIDEO),
        (b"a.\xff", View.SOURCE, None),
    ],
)
def test_kinds(name: bytes, view: View, medium: Medium | None) -> None:
    """The name says what a file is."""
    assert (view_of(name), medium_of(name)) == (view, medium)


@pytest.mark.parametrize(
    ("name", "beginning", "kind", "inline"),
    [
        (b"a.png", b"\0", b"image/png", True),
        (b"a.pdf", b"%PDF\0", b"application/pdf", True),
        (b"a.svg", b"<svg", b"image/svg+xml", True),
        (b"a.html", b"<script>", b"text/plain; charset=utf-8", True),
        (b"a.js", b"x", b"text/plain; charset=utf-8", True),
        (b"a.css", b"x", b"text/plain; charset=utf-8", True),
        (b"nothing", b"x", b"text/plain; charset=utf-8", True),
        (b"a.wasm", b"\0asm", b"application/octet-stream", False),
        (b"a.txt", b"x\0", b"application/octet-stream", False),
        (HOSTILE, b"\0", b"application/octet-stream", False),
    ],
)
def test_raw(name: bytes, beginning: bytes, kind: bytes, *, inline: bool) -> None:
    """Nothing that could run is of a type by which it would."""
    headers = dict(raw_headers(name, beginning, download=False))
    assert headers[b"content-type"] == kind
    assert headers[b"content-disposition"].startswith(b"inline") is inline
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert headers[b"cross-origin-resource-policy"] == b"same-origin"
    policy = headers.get(b"content-security-policy", b"")
    assert policy.endswith(b"sandbox") or kind == b"application/pdf"
    down = dict(raw_headers(name, beginning, download=True))
    assert down[b"content-disposition"].startswith(b"attachment")
    assert down[b"content-type"] == b"application/octet-stream"


def test_hostile_names() -> None:
    """A name is data: nothing of it is a header of ours."""
    for download in (True, False):
        for _, value in raw_headers(HOSTILE + b".png", b"", download=download):
            assert not set(value) & set(b'\r\n"\xff')


def test_text() -> None:
    """What has a NUL in it is none."""
    assert is_text(b"")
    assert is_text(b"\xff\x00"[:1])
    assert not is_text(b"a\0")
