"""What a call is sent: parameters and bodies, read strictly."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import attrs
from attrs import frozen
from twisted.web.server import Request

from aen.model.errors import Invalid, TooLarge
from aen.runtime.structure import structure
from aen.server.records import Page
from aen.server.web.http import BoundedRequest

PAGE_LIMIT = 200
_AT = "at-"
T = TypeVar("T")


@frozen
class Query:
    """The parameters of a call; others are refused."""

    values: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    @property
    def cursor(self) -> str | None:
        """Where the page begins; None: at the beginning."""
        return self.values.get("cursor") or None

    @property
    def limit(self) -> int:
        """How many items to return, or `Invalid`."""
        text = self.values.get("limit", "50")
        if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= PAGE_LIMIT:
            message = f"“limit” must be a whole number from 1 to {PAGE_LIMIT}."
            raise Invalid(message, fields={"limit": message})
        return int(text)


def cut(found: Page[T], query: Query) -> Page[T]:
    """Return one page of a list that was given whole; of others what is there.

    Short lists are read whole from where they are; their cursors count items.
    """
    items: Sequence[T] = found.items
    if found.next is not None:
        return found
    begin = _position(query.cursor)
    if begin is None:
        if len(items) <= query.limit:
            return found
        message = "The cursor is not one of this list."
        raise Invalid(message, fields={"cursor": message})
    end = begin + query.limit
    after = f"{_AT}{end}" if end < len(items) else None
    return Page(tuple(items[begin:end]), after)


def _position(cursor: str | None) -> int | None:
    if cursor is None:
        return 0
    number = cursor.removeprefix(_AT)
    counts = cursor.startswith(_AT) and number.isascii() and number.isdigit()
    return int(number) if counts and len(number) < len(str(10**9)) else None


def read_query(request: Request, allowed: tuple[str, ...]) -> Query:
    """Return the parameters of a request; unknown and repeated ones are refused."""
    _, _, text = request.uri.partition(b"?")
    try:
        pairs = parse_qsl(
            text.decode("ascii"), keep_blank_values=True, errors="strict",
            max_num_fields=100,
        )  # fmt: skip
    except ValueError:
        raise Invalid("The query of the address cannot be read.") from None
    found: dict[str, str] = {}
    for name, value in pairs:
        if name not in allowed or name in found:
            wrong = "is there twice" if name in found else "is not known here"
            message = f"The parameter “{name[:40]}” {wrong}."
            raise Invalid(message, fields={name[:40]: message})
        found[name] = value
    return Query(found)


def read_body(request: Request, kind: type[attrs.AttrsInstance], limit: int) -> Any:
    """Return the body as *kind*; only JSON is read, so that no form can send it."""
    content_type = (request.getHeader("content-type") or "").partition(";")[0]
    assert request.content is not None
    text: bytes = request.content.read(limit + 1)
    too_long = isinstance(request, BoundedRequest) and request.overflown
    if too_long or len(text) > limit:
        raise TooLarge(f"A body may have at most {limit} bytes.")
    if text and content_type.strip().lower() != "application/json":
        raise Invalid("Send the body as “Content-Type: application/json”.")
    try:
        content = json.loads(text or b"{}")
    except (ValueError, RecursionError):
        raise Invalid("The body is not JSON.") from None
    return structure(content, kind)
