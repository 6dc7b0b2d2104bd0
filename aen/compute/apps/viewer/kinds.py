"""As what a file is shown, by the end of its name, and how its bytes are sent. Pure."""

import enum
from typing import Final
from urllib.parse import quote_from_bytes

from aen.compute.apps.files.replies import SAFE, Headers, saved
from aen.compute.apps.viewer.rendering.jobs import View
from aen.compute.public_types import SHOWN

TEXT: Final = b"text/plain; charset=utf-8"
LOOKED_AT: Final = 8192
"""Bytes at the beginning of a file that tell whether it is text."""
_RENDERED: Final = {
    "ipynb": View.NOTEBOOK,
    "md": View.MARKDOWN,
    "markdown": View.MARKDOWN,
    "csv": View.TABLE,
    "tsv": View.TABLE,
}
_SVG: Final = b"image/svg+xml"
_PDF: Final = b"application/pdf"
_SHUT: Final = b"default-src 'none'; base-uri 'none'; form-action 'none'; "


class Medium(enum.Enum):
    """What browsers show by themselves."""

    IMAGE = "image"
    PDF = "pdf"
    AUDIO = "audio"
    VIDEO = "video"


def ending(name: bytes) -> bytes:
    """Return what is behind the last dot of a name, in small letters."""
    return name.rpartition(b".")[2].lower() if b"." in name else b""


def view_of(name: bytes) -> View:
    """Return as what a file is rendered that is no medium."""
    return _RENDERED.get(ending(name).decode("latin-1"), View.SOURCE)


def medium_of(name: bytes) -> Medium | None:
    """Return what a file is for a browser; None: nothing that it shows by itself."""
    kind = SHOWN.get(ending(name), b"")
    if kind == _PDF:
        return Medium.PDF
    try:
        return Medium(kind.partition(b"/")[0].decode())
    except ValueError:
        return None


def is_text(beginning: bytes) -> bool:
    """Whether a file that begins so can be shown as text."""
    return b"\0" not in beginning


def raw_headers(name: bytes, beginning: bytes, *, download: bool) -> Headers:
    """Return the headers that the bytes of a file are sent with.

    Pictures, sounds, films and PDF are what they are; all else that is text is plain
    text, and the rest is saved. Nothing of it can run, or has a reader's rights.
    """
    medium = medium_of(name)
    if download or (medium is None and not is_text(beginning)):
        return saved(name)
    kind = TEXT if medium is None else SHOWN[ending(name)]
    called = "inline; filename*=UTF-8''" + quote_from_bytes(name, safe="")
    policy = _SHUT + (
        b"style-src 'unsafe-inline'; sandbox" if kind == _SVG else b"sandbox"
    )
    shut = () if medium is Medium.PDF else ((b"content-security-policy", policy),)
    return (
        (b"content-type", kind),
        (b"content-disposition", called.encode()),
        (b"cache-control", b"private, no-cache"),
        *shut,  # browsers show no PDF in a sandbox; what shows it is one
        *SAFE,
    )
