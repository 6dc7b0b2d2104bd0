"""Values: what can be stored, and the order of any two."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aen.server.store.values import (
    Unsupported,
    check_key,
    check_value,
    order_key,
    rank,
    same,
)

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
)


def test_order_of_types() -> None:
    """Nothing, numbers, text, documents, lists, truth: BSON's order."""
    ordered = [None, -1, 0.5, 2, "", "a", "é", {"a": 1}, [], [1], False, True]
    shuffled = ordered[::-1]
    assert sorted(shuffled, key=rank) == ordered


@given(SCALARS, SCALARS)
def test_any_two_compare(one: Any, other: Any) -> None:
    """Every two values that can be stored are ordered or the same."""
    check_value([one, other])
    assert (rank(one) < rank(other)) + (rank(other) < rank(one)) + same(one, other) == 1


@pytest.mark.parametrize("value", [b"", (1,), {1: 2}, {"a.b": 1}, {"$a": 1}, {"": 1}])
def test_refused(value: object) -> None:
    """What is not JSON, or could not be found again, is not stored."""
    with pytest.raises(Unsupported):
        check_value(value)


def test_depth() -> None:
    """A document nested without end is refused."""
    deep: object = 0
    for _ in range(40):
        deep = [deep]
    with pytest.raises(Unsupported):
        check_value(deep)


def test_quotes_in_names() -> None:
    """A name with a quotation mark would leave the embedded store's paths."""
    with pytest.raises(Unsupported):
        check_key('a"')


def test_order_by_a_list() -> None:
    """A list is ordered by its least item upwards, its greatest downwards."""
    assert order_key({"l": [3, 1, 2]}, ("l",), 1) == rank(1)
    assert order_key({"l": [3, 1, 2]}, ("l",), -1) == rank(3)
    assert order_key({}, ("l",), 1) == rank(None)
