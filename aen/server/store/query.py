"""Whether a document matches a query: the part of MongoDB's language we allow."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from aen.server.store.collection import Query
from aen.server.store.conditions import prefix_of
from aen.server.store.values import (
    Unsupported,
    bracket,
    check_value,
    rank,
    reach,
    same,
    split,
)

Values = list[Any]
"""What is at a path: nothing when the field is missing."""
Test = Callable[[Values], bool]
Predicate = Callable[[Mapping[str, Any]], bool]


def predicate(query: Query) -> Predicate:
    """Check *query* as a whole and return the function that applies it.

    :raises Unsupported: the query uses what not every store understands.
    """
    tests = [_clause(key, asked) for key, asked in query.items()]
    return lambda document: all(test(document) for test in tests)


def _clause(key: str, asked: Any) -> Predicate:
    if key in ("$or", "$and"):
        if not isinstance(asked, list) or not asked:
            raise Unsupported(f"{key} needs a list that is not empty")
        parts = [predicate(part) for part in asked]
        some = any if key == "$or" else all
        return lambda document: some(part(document) for part in parts)
    steps = split(key)
    tests = field_tests(asked)
    if len(steps) == 1:  # nearly all: every document is asked this, so be quick
        return lambda document: _holds(tests, document, key)

    def holds(document: Mapping[str, Any]) -> bool:
        values = list(reach(document, steps))
        return all(test(values) for test in tests)

    return holds


def _holds(tests: list[Test], document: Mapping[str, Any], name: str) -> bool:
    values = [document[name]] if name in document else []
    for test in tests:  # noqa: SIM110 -- a generator would cost more than the tests
        if not test(values):
            return False
    return True


def field_tests(asked: Any) -> list[Test]:
    """Return the tests a field must pass for ``{field: asked}``."""
    if not isinstance(asked, dict):
        return [_equal(asked)]
    if not asked or not all(str(name).startswith("$") for name in asked):
        raise Unsupported("a whole embedded document cannot be asked for")
    if "$options" in asked and "$regex" not in asked:
        raise Unsupported("$options needs $regex")
    return [
        _operator(name, value, asked)
        for name, value in asked.items()
        if name != "$options"
    ]


def _operator(name: str, value: Any, asked: Mapping[str, Any]) -> Test:
    match name:
        case "$ne":
            return _not(_equal(value))
        case "$in":
            return _any_of(value)
        case "$nin":
            return _not(_any_of(value))
        case "$gt" | "$gte" | "$lt" | "$lte":
            return _compare(name, value)
        case "$exists":
            return _exists(value)
        case "$regex":
            return _pattern(value, asked.get("$options", ""))
        case _:
            raise Unsupported(f"{name} is not an operator every store understands")


def _not(test: Test) -> Test:
    return lambda values: not test(values)


def _candidates(values: Values) -> Values:
    """Return the values and, of each list, its items."""
    items = [item for value in values if isinstance(value, list) for item in value]
    return values + items


def _equal(wanted: Any) -> Test:
    if isinstance(wanted, list | dict):
        raise Unsupported("a whole list or embedded document cannot be asked for")
    check_value(wanted)
    if wanted is None:
        return lambda values: not values or None in _candidates(values)
    if isinstance(wanted, str):
        return lambda values: _has_text(values, wanted)
    return lambda values: any(same(each, wanted) for each in _candidates(values))


def _has_text(values: Values, wanted: str) -> bool:
    """Whether a text is among *values*: as `same` says, without its detours."""
    for value in values:
        if value == wanted or (isinstance(value, list) and wanted in value):
            return True
    return False


def _begins(values: Values, wanted: str) -> bool:
    for value in values:
        if isinstance(value, str):
            if value.startswith(wanted):
                return True
        elif isinstance(value, list):
            for item in value:
                if isinstance(item, str) and item.startswith(wanted):
                    return True
    return False


def _any_of(wanted: Any) -> Test:
    if not isinstance(wanted, list | tuple):
        raise Unsupported("$in and $nin need a list")
    tests = [_equal(each) for each in wanted]
    return lambda values: any(test(values) for test in tests)


def _compare(name: str, wanted: Any) -> Test:
    check_value(wanted)
    if not isinstance(wanted, str | int | float) or isinstance(wanted, bool):
        raise Unsupported(f"{name} compares with numbers and text only")
    limit = rank(wanted)

    def holds(value: Any) -> bool:
        if bracket(value) != limit[0]:
            return False
        found = rank(value)
        match name:
            case "$gt":
                return found > limit
            case "$gte":
                return found >= limit
            case "$lt":
                return found < limit
            case _:
                return found <= limit

    return lambda values: any(holds(each) for each in _candidates(values))


def _exists(wanted: Any) -> Test:
    if not isinstance(wanted, bool):
        raise Unsupported("$exists needs true or false")
    return lambda values: bool(values) is wanted


def _pattern(text: Any, options: Any) -> Test:
    if not isinstance(text, str) or options not in ("", "i"):
        raise Unsupported('$regex needs text, and $options "" or "i"')
    check_value(text)
    beginning = None if options else prefix_of(text)
    if beginning is not None:
        return lambda values: _begins(values, beginning)
    try:
        pattern = re.compile(text, re.IGNORECASE if options else 0)
    except re.error as error:
        raise Unsupported(f"{text!r} is not a pattern: {error}") from None
    return lambda values: any(
        isinstance(each, str) and pattern.search(each) for each in _candidates(values)
    )
