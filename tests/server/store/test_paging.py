"""Cursors."""

import pytest

from aen.model.errors import Invalid
from aen.server.store.paging import LONGEST_PAGE, By, all_of, bounded, page_of

ROWS = [{"_id": str(number), "at": float(number)} for number in range(5)]


@pytest.mark.parametrize(
    "cursor", ["x", "~", "nan~x", "inf~x", "-inf~x", "~1", "1,0~x"]
)
def test_what_is_no_cursor(cursor: str) -> None:
    """Somebody made it up; it is refused, not guessed at."""
    with pytest.raises(Invalid):
        By("at").beyond(cursor)


def test_a_page_knows_whether_there_is_another() -> None:
    """By the one document more that was asked for."""
    page = page_of(ROWS[:3], 2, lambda one: one["_id"], By("at").mark)
    assert page.items == ("0", "1")
    assert page.next == "1.0~1"
    assert page_of(ROWS[:2], 2, lambda one: one["_id"], str).next is None


def test_a_cursor_leads_past_what_was_seen() -> None:
    """Also among documents of the same moment."""
    assert By("at").beyond(None) == {}
    later, same = By("at").beyond("1.5~b")["$or"]
    assert later == {"at": {"$lt": 1.5}}
    assert same == {"at": 1.5, "_id": {"$lt": "b"}}


def test_text_may_hold_what_parts_a_cursor() -> None:
    """The identifier does not, and is what stands behind the last of it."""
    by = By("key", 1, text=True)
    cursor = by.mark({"_id": "7", "key": "ada/a~b"})
    assert by.beyond(cursor)["$or"][1] == {"key": "ada/a~b", "_id": {"$gt": "7"}}


def test_what_narrows_nothing_is_left_out() -> None:
    """Stores refuse an empty list of parts."""
    assert all_of({}, {"a": 1}, {}) == {"$and": [{"a": 1}]}
    assert all_of({}) == all_of() == {}


def test_pages_are_bounded() -> None:
    """Whatever somebody asks for."""
    assert [bounded(n) for n in (-1, 0, 7, 10**9)] == [1, 1, 7, LONGEST_PAGE]
