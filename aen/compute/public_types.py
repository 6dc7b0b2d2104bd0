"""How browsers may treat files of public folders, by the end of their names. Pure."""

from typing import Final
from urllib.parse import quote_from_bytes

from aen.compute.serving.ranges import PLAIN_TYPE

_TEXT: Final = b"text/plain; charset=utf-8"
SHOWN: Final = {
    b"html": b"text/html; charset=utf-8",
    b"htm": b"text/html; charset=utf-8",
    b"css": b"text/css; charset=utf-8",
    b"js": b"text/javascript; charset=utf-8",
    b"mjs": b"text/javascript; charset=utf-8",
    b"json": b"application/json",
    b"geojson": b"application/geo+json",
    b"wasm": b"application/wasm",
    b"txt": _TEXT, b"md": _TEXT, b"log": _TEXT, b"py": _TEXT, b"r": _TEXT,
    b"yml": _TEXT, b"yaml": _TEXT, b"toml": _TEXT, b"ini": _TEXT, b"rst": _TEXT,
    b"csv": b"text/csv; charset=utf-8",
    b"tsv": b"text/tab-separated-values; charset=utf-8",
    b"svg": b"image/svg+xml",
    b"png": b"image/png",
    b"jpg": b"image/jpeg",
    b"jpeg": b"image/jpeg",
    b"gif": b"image/gif",
    b"webp": b"image/webp",
    b"avif": b"image/avif",
    b"bmp": b"image/bmp",
    b"ico": b"image/x-icon",
    b"pdf": b"application/pdf",
    b"mp4": b"video/mp4",
    b"webm": b"video/webm",
    b"ogv": b"video/ogg",
    b"mp3": b"audio/mpeg",
    b"m4a": b"audio/mp4",
    b"flac": b"audio/flac",
    b"opus": b"audio/ogg",
    b"ogg": b"audio/ogg",
    b"wav": b"audio/wav",
    b"woff": b"font/woff",
    b"woff2": b"font/woff2",
}  # fmt: skip
"""What is shown; everything else is saved."""

SANDBOX: Final = b"sandbox allow-scripts allow-popups allow-forms"
"""A page may run, but as nobody's: not with the rights of the gateway's own pages."""
_ALWAYS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-cache"),
    (b"referrer-policy", b"same-origin"),
)


def headers_of(name: bytes) -> tuple[tuple[bytes, bytes], ...]:
    """Return the headers by which a file called *name* is shown, or saved."""
    kind = SHOWN.get(name.rpartition(b".")[2].lower()) if b"." in name else None
    if kind is None:
        saved = "attachment; filename*=UTF-8''" + quote_from_bytes(name, safe="")
        content = (b"content-type", PLAIN_TYPE)
        return (content, (b"content-disposition", saved.encode()), _POLICY, *_ALWAYS)
    if kind == b"application/pdf":  # browsers show none in a sandbox; it has its own
        return ((b"content-type", kind), *_ALWAYS)
    return ((b"content-type", kind), _POLICY, *_ALWAYS)


_POLICY: Final = (b"content-security-policy", SANDBOX)
