"""Days: a guest's last one, those of a log; as they are typed and shown."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from aen.model.errors import Invalid
from aen.server.web.days import end_of_day, first_day, last_day, start_of_day


def test_a_day_ends_at_its_midnight() -> None:
    """The whole day is theirs, and is shown again as it was chosen."""
    end = end_of_day("1970-01-02")
    assert end == 2 * 86_400.0
    assert last_day(end) == "1970-01-02"
    assert first_day(86_400.0) == "1970-01-02"


def test_no_day_is_no_end() -> None:
    """An empty field means that somebody stays."""
    assert end_of_day("") is None
    assert last_day(None) == ""


def test_the_day_on_which_clocks_are_put_forward() -> None:
    """It has 23 hours where people live by that clock."""
    berlin, day = ZoneInfo("Europe/Berlin"), "2024-03-31"
    start, end = start_of_day(day, place=berlin), end_of_day(day, place=berlin)
    assert start == datetime(2024, 3, 30, 23, tzinfo=UTC).timestamp()
    assert end == datetime(2024, 3, 31, 22, tzinfo=UTC).timestamp()


@pytest.mark.parametrize("text", ["soon", "1970-13-01", "9999-12-31"])
def test_what_is_no_day_is_refused(text: str) -> None:
    """In words, at its field."""
    with pytest.raises(Invalid) as caught:
        end_of_day(text)
    assert "until" in caught.value.fields
