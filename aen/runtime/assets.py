"""Built front-end files, read into memory once and served from there.

`tools/assets.py` makes them: a folder of content-hashed files, their ``.br`` and
``.gz`` neighbours, and ``manifest.json`` from logical name to hashed file.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from attrs import field, frozen

from aen.model.errors import Invalid

MANIFEST = "manifest.json"

_TYPES = {
    ".css": b"text/css; charset=utf-8",
    ".ico": b"image/x-icon",
    ".js": b"text/javascript; charset=utf-8",
    ".json": b"application/json",
    ".png": b"image/png",
    ".svg": b"image/svg+xml",
    ".txt": b"text/plain; charset=utf-8",
    ".webmanifest": b"application/manifest+json",
    ".woff2": b"font/woff2",
}
_CODINGS = ((b"br", ".br"), (b"gzip", ".gz"))
"""Content codings in the order in which we prefer them, with their neighbours."""

_FOREVER = b"public, max-age=31536000, immutable"

Headers = tuple[tuple[bytes, bytes], ...]


@frozen
class Asset:
    """The answer to a GET: what to send, without Content-Length."""

    status: int
    headers: Headers
    body: bytes


@frozen
class _Variant:
    """A file in one content coding, with its answers made ahead."""

    etag: bytes
    whole: Asset
    unchanged: Asset


@frozen
class Assets:
    """The files of one built folder."""

    _urls: Mapping[str, str]
    _files: Mapping[str, Mapping[bytes, _Variant]] = field(repr=False)

    @classmethod
    def load(cls, folder: Path) -> "Assets":
        """Read the files that the manifest in *folder* names.

        :raises Invalid: they were not built, or not whole.
        """
        urls = _read_manifest(folder)
        try:
            files = {name: _read_variants(folder / name) for name in urls.values()}
        except OSError as error:
            raise _not_built(folder, f"{error.filename}: {error.strerror}") from None
        return cls(urls, files)

    def url(self, logical_name: str) -> str:
        """Return the file that holds *logical_name*, relative to the folder's URL.

        :raises KeyError: there is none: a mistake in a template.
        """
        return self._urls[logical_name]

    def find(
        self,
        file_name: str,
        accept_encoding: bytes | None = None,
        if_none_match: bytes | None = None,
    ) -> Asset | None:
        """Return the answer for a hashed file name, or None when there is no such file.

        The other two are the values of the request's headers of that name.
        """
        variants = self._files.get(file_name)
        if variants is None:
            return None
        found = variants[_choose(accept_encoding, variants)]
        same = if_none_match is not None and _matches(if_none_match, found.etag)
        return found.unchanged if same else found.whole


def _read_manifest(folder: Path) -> dict[str, str]:
    try:
        content = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError):
        raise _not_built(folder, f"there is no readable {MANIFEST}") from None
    if not isinstance(content, dict) or not all(map(_is_file_name, content.values())):
        raise _not_built(folder, f"{MANIFEST} is not one of ours")
    return content


def _is_file_name(value: object) -> bool:
    return isinstance(value, str) and Path(value).name == value


def _not_built(folder: Path, reason: str) -> Invalid:
    return Invalid(
        f"{folder}: the front end was not built ({reason}); run make assets."
    )


def _read_variants(path: Path) -> dict[bytes, _Variant]:
    """Return a file's variants by content coding; ``identity`` is always there."""
    content = path.read_bytes()
    kind = _TYPES.get(path.suffix, b"application/octet-stream")
    variants = {b"identity": _variant(content, kind, None)}
    for coding, ending in _CODINGS:
        neighbour = path.with_name(path.name + ending)
        if neighbour.is_file():
            variants[coding] = _variant(neighbour.read_bytes(), kind, coding)
    return variants


def _variant(content: bytes, kind: bytes, coding: bytes | None) -> _Variant:
    # RFC 9110 section 8.8.3.3: each coding is a representation with its own tag.
    etag = b'"%s"' % hashlib.sha256(content).hexdigest()[:32].encode()
    kept: Headers = (
        (b"Cache-Control", _FOREVER),
        (b"ETag", etag),
        (b"Vary", b"Accept-Encoding"),
    )
    told: Headers = (
        *kept,
        (b"Content-Type", kind),
        (b"X-Content-Type-Options", b"nosniff"),
        *(((b"Content-Encoding", coding),) if coding else ()),
    )
    return _Variant(etag, Asset(200, told, content), Asset(304, kept, b""))


def _choose(accept_encoding: bytes | None, offered: Mapping[bytes, _Variant]) -> bytes:
    """Return the coding we prefer among those the client accepts.

    RFC 9110 section 12.5.3. A client that refuses ``identity`` gets it all the same
    when it accepts nothing else: better than an answer it cannot use either.
    """
    weights = _weights(accept_encoding or b"")
    for coding, _ in _CODINGS:
        if coding in offered and weights.get(coding, weights.get(b"*", 0.0)) > 0:
            return coding
    return b"identity"


def _weights(header: bytes) -> dict[bytes, float]:
    """Return the codings of an Accept-Encoding header with their q-values."""
    found = {}
    for item in header.lower().split(b","):
        coding, *parameters = (part.strip() for part in item.split(b";"))
        found[coding] = min((_quality(one) for one in parameters), default=1.0)
    return found


def _quality(parameter: bytes) -> float:
    name, _, value = parameter.partition(b"=")
    try:
        return float(value) if name.strip() == b"q" else 1.0
    except ValueError:
        return 0.0


def _matches(if_none_match: bytes, etag: bytes) -> bool:
    """Tell whether a client has the variant already (RFC 9110 section 13.1.2)."""
    tags = {tag.strip().removeprefix(b"W/") for tag in if_none_match.split(b",")}
    return b"*" in tags or etag in tags
