"""Answers, and the headers that keep a hostile file from doing anything. Pure."""

import json
from typing import Any, Final
from urllib.parse import quote_from_bytes

from attrs import frozen

from aen.compute.apps.files.refusals import Refusal
from aen.compute.serving.ranges import PLAIN_TYPE

Headers = tuple[tuple[bytes, bytes], ...]

SAFE: Final[Headers] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    # No other site can load it, as a script or a picture, with a reader's rights.
    (b"cross-origin-resource-policy", b"same-origin"),
)
_SHUT: Final = (
    b"content-security-policy",
    b"default-src 'none'; base-uri 'none'; form-action 'none'; sandbox",
)
_JSON: Final = (b"content-type", b"application/json; charset=utf-8")
_FRESH: Final = (b"cache-control", b"no-store")


@frozen
class Reply:
    """A short answer."""

    status: int
    body: bytes = b""
    headers: Headers = ()


def of_json(status: int, content: Any, *more: tuple[bytes, bytes]) -> Reply:
    """Return an answer for programs."""
    text = json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")
    return Reply(status, text, (_JSON, _FRESH, _SHUT, *SAFE, *more))


def nothing(status: int, *more: tuple[bytes, bytes]) -> Reply:
    """Return an answer without a body."""
    return Reply(status, b"", (_FRESH, *SAFE, *more))


def of_refusal(refusal: Refusal) -> Reply:
    """Return why something was not done."""
    more: Headers = ((b"retry-after", b"2"),) if refusal.status == 503 else ()  # noqa: PLR2004
    return of_json(refusal.status, refusal.to_json(), *more)


def not_allowed(methods: bytes) -> Reply:
    """Return that an address knows other *methods* only."""
    reply = of_refusal(Refusal(405, "There is no such method here."))
    return Reply(reply.status, reply.body, (*reply.headers, (b"allow", methods)))


def saved(name: bytes, kind: bytes = PLAIN_TYPE) -> Headers:
    """Return the headers by which a browser saves what is called *name*.

    It is never shown: a page among the files would run with the reader's rights at
    everything that the gateway leads to. Should a browser show it, it is nobody's.
    """
    disposition = "attachment; filename*=UTF-8''" + quote_from_bytes(name, safe="")
    return (
        (b"content-type", kind),
        (b"content-disposition", disposition.encode()),
        (b"cache-control", b"private, no-cache"),
        _SHUT,
        *SAFE,
    )
