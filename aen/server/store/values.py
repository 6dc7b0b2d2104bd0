"""What a stored value may be, and how MongoDB compares and orders values."""

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

from aen.model.errors import Invalid

T = TypeVar("T")

_SMALLEST, _LARGEST = -(2**63), 2**63 - 1
_DEEPEST = 32
_ORDINARY = frozenset({str, int, float, bool, type(None)})


class Unsupported(ValueError):
    """A query, a change or a value that not every store understands: our mistake."""


def check_value(value: object, depth: int = 0) -> None:
    """Refuse what JSON and BSON do not both hold.

    :raises Unsupported: of another type, too deep, or a key no query can reach.
    :raises Invalid: text that is not Unicode, which a browser can send.
    """
    if isinstance(value, list | dict):
        if depth >= _DEEPEST:
            raise Unsupported(f"nested deeper than {_DEEPEST}")
        for item in _inside(value):
            check_value(item, depth + 1)
    else:
        _check_scalar(value)


def _inside(value: list[Any] | dict[Any, Any]) -> Iterable[Any]:
    if isinstance(value, list):
        return value
    for key in value:
        check_key(key)
    return value.values()


def _check_scalar(value: object) -> None:
    match value:
        case None | bool():
            return
        case str():
            check_text(value)
        case int() if not _SMALLEST <= value <= _LARGEST:
            raise Unsupported(f"{value} does not fit in 64 bits")
        case float() if not math.isfinite(value):
            raise Unsupported(f"{value} cannot be stored")
        case int() | float():
            return
        case _:
            raise Unsupported(f"a {type(value).__name__} cannot be stored")


def plain(value: T) -> T:
    """Return a deep copy of *value*, with BSON's long integers as ordinary ones."""
    copied: T = _copied(value)
    return copied


def _copied(value: Any) -> Any:
    # Most values are ordinary: no call is made for them.
    if isinstance(value, dict):
        return {
            key: item if type(item) in _ORDINARY else _copied(item)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [item if type(item) in _ORDINARY else _copied(item) for item in value]
    if type(value) in _ORDINARY:
        return value
    return int(value) if isinstance(value, int) else value


def check_key(key: object) -> None:
    """Refuse a name of a field that queries could not reach.

    :raises Unsupported: it is not text, is empty, or holds “$”, “.” or “"”.
    """
    if not isinstance(key, str) or not key or any(sign in key for sign in '.$"\0'):
        raise Unsupported(f"{key!r} cannot be the name of a field")
    check_text(key)


def check_text(text: str) -> None:
    """Refuse half characters and NUL.

    :raises Invalid: the text holds one.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Invalid("The text holds a character that is not Unicode.") from None
    if "\0" in text:
        raise Invalid("The text holds a NUL character.")


def split(path: object) -> tuple[str, ...]:
    """Return the steps of a dotted path.

    :raises Unsupported: a step cannot be the name of a field.
    """
    if not isinstance(path, str):
        raise Unsupported(f"{path!r} is not a path")
    steps = tuple(path.split("."))
    for step in steps:
        check_key(step)
    return steps


def reach(value: object, steps: tuple[str, ...]) -> Iterator[Any]:
    """Yield what is at the end of a path, through every item of a list on the way."""
    if not steps:
        yield value
    elif isinstance(value, dict):
        if steps[0] in value:
            yield from reach(value[steps[0]], steps[1:])
    elif isinstance(value, list):
        for item in value:
            if isinstance(item, dict):
                yield from reach(item, steps)


def found_at(document: Mapping[str, Any], steps: tuple[str, ...]) -> list[Any]:
    """Return what `reach` yields; quickly where the path has one step, as most have."""
    if len(steps) > 1:
        return list(reach(document, steps))
    (name,) = steps
    return [document[name]] if name in document else []


def bracket(value: object) -> int:
    """Return the rank of a value's type in BSON's order of types."""
    match value:
        case None:
            return 0
        case bool():
            return 5
        case int() | float():
            return 1
        case str():
            return 2
        case dict():
            return 3
        case list():
            return 4
        case _:
            raise Unsupported(f"a {type(value).__name__} cannot be compared")


def rank(value: object) -> tuple[int, Any]:
    """Return a key that orders any two values as MongoDB does."""
    if isinstance(value, list):
        return 4, [rank(item) for item in value]
    if isinstance(value, dict):
        return 3, [(bracket(item), name, rank(item)) for name, item in value.items()]
    if isinstance(value, str):
        return 2, value.encode()
    return bracket(value), 0 if value is None else value


def same(one: object, other: object) -> bool:
    """Return whether two values are equal; True is not 1, 1 is 1.0."""
    return rank(one) == rank(other)


def order_key(document: Mapping[str, Any], steps: tuple[str, ...], way: int) -> Any:
    """Return what to sort a document by: of a list, its least or greatest item."""
    found: list[Any] = []
    for value in found_at(document, steps):
        found.extend(value if isinstance(value, list) and value else [value])
    ranks = [rank(value) for value in found] or [rank(None)]
    return min(ranks) if way > 0 else max(ranks)
