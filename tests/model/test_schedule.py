"""When work is done by the clock."""

import pytest

from aen.model.errors import Invalid
from aen.model.periods import DAY
from aen.model.schedule import Daily, Every, seconds_of_day

MIDNIGHT = 20_000 * DAY


@pytest.mark.parametrize(
    ("due", "now", "following"),
    [
        (100.0, 100.0, 160.0),
        (100.0, 130.0, 160.0),  # it took a while: the rhythm stays
        (100.0, 160.0, 220.0),
        (100.0, 9999.0, 10_059.0),  # what was missed is not caught up on
        (100.0, 95.0, 160.0),  # a clock that goes ahead does no turn twice
    ],
)
def test_again_and_again(due: float, now: float, following: float) -> None:
    """In its rhythm, each turn once."""
    assert Every(60.0).after(due, now) == following
    assert Every(60.0).first(now) == now


@pytest.mark.parametrize(
    ("due", "now", "following"),
    [
        (3.5, 3.5, 27.5),
        (3.5, 4.0, 27.5),
        (3.5, 3.4, 27.5),  # a clock that goes ahead
        (3.5, 28.0, 51.5),  # missed turns are left out
        (2.0, 3.0, 3.5),  # done by hand before its time
    ],
)
def test_once_a_day(due: float, now: float, following: float) -> None:
    """At its time; hours here."""
    found = Daily("03:30").after(MIDNIGHT + due * 3600, MIDNIGHT + now * 3600)
    assert found == MIDNIGHT + following * 3600


def test_what_is_new_is_done_at_its_time() -> None:
    """Nobody gets a report because a server was updated."""
    assert Daily("03:30").first(MIDNIGHT) == MIDNIGHT + 3.5 * 3600
    assert Daily("00:00").longest == DAY


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (10.0, "every 10 seconds"),
        (90.0, "every 90 seconds"),
        (60.0, "every minute"),
        (600.0, "every 10 minutes"),
        (3600.0, "every hour"),
        (2 * DAY, "every 2 days"),
    ],
)
def test_in_words(seconds: float, words: str) -> None:
    """People read when it is."""
    assert Every(seconds).words == words
    assert Daily("03:30").words == "every day at 03:30 UTC"


@pytest.mark.parametrize(
    "text", ["", "3", "24:00", "03:60", "3:3x", "-1:00", "\u0663:\u0660\u0660"]
)
def test_what_is_no_time_of_day(text: str) -> None:
    """The setting is named."""
    with pytest.raises(Invalid, match="report_at"):
        seconds_of_day("report_at", text)
