"""What a change makes of a document: the part of MongoDB's language we allow."""

from collections.abc import Callable
from typing import Any

from aen.server.store.collection import Change, Document
from aen.server.store.query import field_tests, predicate
from aen.server.store.values import Unsupported, check_value, plain, rank, same, split

Steps = tuple[str, ...]
Operation = Callable[[Document, str, Any], None]
"""Changes the field of that name in that (embedded) document."""


def apply(document: Document, change: Change) -> Document:
    """Return *document* as it is after *change*; the original stays as it was.

    :raises Unsupported: the change is not one every store understands, or does not
        fit the document, as an ``$inc`` of text.
    """
    check_change(change)
    changed = plain(document)
    for name, fields in change.items():
        for path, value in fields.items():
            *above, last = split(path)
            holder = _holder(changed, above, make=name not in ("$unset", "$pull"))
            if holder is not None:
                _OPERATIONS[name](holder, last, plain(value))
    return changed


def check_change(change: Change) -> None:
    """Refuse a change that a store might not understand.

    :raises Unsupported: an unknown operator, a wrong operand, or one path twice.
    """
    if not change:
        raise Unsupported("a change needs an operator")
    seen: list[Steps] = []
    for name, fields in change.items():
        if name not in _OPERATIONS:
            raise Unsupported(f"{name} is not a change every store understands")
        for path, value in fields.items():
            steps = split(path)
            if steps[0] == "_id":
                raise Unsupported("_id never changes")
            if any(_overlap(steps, other) for other in seen):
                raise Unsupported(f"{path} is changed twice")
            seen.append(steps)
            _check_operand(name, value)


def _overlap(one: Steps, other: Steps) -> bool:
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def _check_operand(name: str, value: Any) -> None:
    if name == "$pull":
        _pulled(value)
        return
    check_value(value)
    if name in ("$inc", "$max") and not _is_number(value):
        raise Unsupported(f"{name} needs a number")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _holder(document: Document, above: list[str], *, make: bool) -> Document | None:
    """Return the embedded document at the end of a path, made if *make* says so."""
    here = document
    for step in above:
        if step not in here:
            if not make:
                return None
            here[step] = {}
        if not isinstance(here[step], dict):
            if not make:
                return None
            raise Unsupported(f"{step} is not an embedded document")
        here = here[step]
    return here


def _set(holder: Document, name: str, value: Any) -> None:
    holder[name] = value


def _unset(holder: Document, name: str, _: Any) -> None:
    holder.pop(name, None)


def _inc(holder: Document, name: str, value: Any) -> None:
    before = holder.get(name, 0)
    if not _is_number(before):
        raise Unsupported(f"{name} is not a number")
    holder[name] = before + value
    check_value(holder[name])


def _max(holder: Document, name: str, value: Any) -> None:
    if name not in holder or rank(value) > rank(holder[name]):
        holder[name] = value


def _list_of(holder: Document, name: str) -> list[Any]:
    items: object = holder.setdefault(name, [])
    if not isinstance(items, list):
        raise Unsupported(f"{name} is not a list")
    return items


def _push(holder: Document, name: str, value: Any) -> None:
    _list_of(holder, name).append(value)


def _add_to_set(holder: Document, name: str, value: Any) -> None:
    items = _list_of(holder, name)
    if not any(same(item, value) for item in items):
        items.append(value)


def _pull(holder: Document, name: str, value: Any) -> None:
    if name in holder:
        unwanted = _pulled(value)
        items = _list_of(holder, name)
        holder[name] = [item for item in items if not unwanted(item)]


def _pulled(value: Any) -> Callable[[Any], bool]:
    """Return whether ``$pull`` takes an item out: equal to *value*, or matching it."""
    if isinstance(value, dict) and not any(str(key).startswith("$") for key in value):
        fits = predicate(value)
        return lambda item: isinstance(item, dict) and fits(item)
    tests = field_tests(value)
    return lambda item: all(test([item]) for test in tests)


_OPERATIONS: dict[str, Operation] = {
    "$set": _set,
    "$unset": _unset,
    "$inc": _inc,
    "$push": _push,
    "$pull": _pull,
    "$addToSet": _add_to_set,
    "$max": _max,
}
