"""Cursors."""

import pytest

from aen.model.errors import Invalid
from aen.server.store.paging import LONGEST_PAGE, bounded, mark_of, newest_first, page_of

ROWS = [{"_id": str(number), "at": float(number)} for number in range(5)]


@pytest.mark.parametrize("cursor", ["x", "~", "nan~x", "inf~x", "~1", "1,0~x"])
def test_what_is_no_cursor(cursor: str) -> None:
    """Somebody made it up; it is refused, not guessed at."""
    with pytest.raises(Invalid):
        newest_first(cursor, "at")


def test_a_page_knows_whether_there_is_another() -> None:
    """By the one document more that was asked for."""
    page = page_of(ROWS[:3], 2, lambda one: one["_id"], lambda one: mark_of(one, "at"))
    assert page.items == ("0", "1")
    assert page.next == "1.0~1"
    assert page_of(ROWS[:2], 2, lambda one: one["_id"], str).next is None


def test_a_cursor_leads_past_what_was_seen() -> None:
    """Also among documents of the same moment."""
    assert newest_first(None, "at") == {}
    later, same = newest_first("1.5~b", "at")["$or"]
    assert later == {"at": {"$lt": 1.5}}
    assert same == {"at": 1.5, "_id": {"$lt": "b"}}


def test_pages_are_bounded() -> None:
    """Whatever somebody asks for."""
    assert [bounded(n) for n in (-1, 0, 7, 10**9)] == [1, 1, 7, LONGEST_PAGE]
