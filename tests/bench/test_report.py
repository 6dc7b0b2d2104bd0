"""The report says what was measured, what was demanded, and what was not met."""

import json

import pytest
from attrs import evolve

from bench.bars import BARS, Bar
from bench.measured import Measured, Pace, RowResult, Spread, judged
from bench.report import Report, amount, as_json, as_text, spread_text

FOUND = Measured(
    {
        "gateway": [{"requests/s": 20_000.0, "p99 s": 0.002}],
        "nginx": [{"requests/s": 32_000.0, "p99 s": 0.001}],
        "chp": [{"requests/s": 4_000.0, "p99 s": 0.02}],
    },
    ("a note",),
)
ROW = RowResult("http-1k", "1 KB", FOUND, verdicts=judged("http-1k", FOUND, BARS))
REPORT = Report("2026-01-01", Pace(4, 3), {"cores": "2"}, {"nginx": "1.22"}, [ROW], 9.0)


@pytest.mark.parametrize(
    ("value", "figure", "text"),
    [
        (0.00234, "p99 s", "2.34 ms"),
        (1.2345, "seconds", "1.234 s"),
        (5632.0, "bytes each", "5.5 KB each"),
        (300 * 2.0**20, "bytes", "300 MB"),
        (1234.5, "MB/s", "1,234 MB/s"),
        (0.000055, "cpu s", "55 us of processor each"),
        (85.4, "load %", "load at 85 %"),
        (27812.0, "requests/s", "27,812 requests/s"),
    ],
)
def test_amounts(value: float, figure: str, text: str) -> None:
    """Each figure has the unit people think in."""
    assert amount(value, figure) == text


def test_spread() -> None:
    """How far apart the runs lay stands beside the median."""
    assert spread_text(Spread(100, 90, 120), "rounds/s") == (
        "100 rounds/s (-10 %, +20 %)"
    )
    assert spread_text(Spread(5, 5, 5), "rounds/s") == "5 rounds/s"


def test_text_names_what_is_missed() -> None:
    """A missed bar is said at its row and again at the end, with its figure."""
    text = as_text(REPORT)
    assert "  a note" in text
    assert "met  bar: gateway's requests/s at least 5 x chp's; it is 5.00 x" in text
    assert "2 of 3 bars met, 0 rows not measured." in text
    missed = "bar: gateway's requests/s at least 0.7 x nginx's; it is 0.62 x"
    assert text.count(missed) == 2
    assert REPORT.failed


def test_aims_do_not_fail() -> None:
    """A bench that meets every bar has succeeded, whatever the aims say."""
    aims = [evolve(bar, aim=True) for bar in BARS]
    row = evolve(ROW, verdicts=judged("http-1k", FOUND, aims))
    assert not evolve(REPORT, rows=[row]).failed


def test_rows_that_were_not_measured() -> None:
    """Why there is no figure stands in its place; only what broke is a failure."""
    absent = RowResult("workers", "two", problem="There is no such setting.")
    report = evolve(REPORT, rows=[absent])
    assert "workers: not measured: There is no such setting." in as_text(report)
    assert not report.failed
    broke = evolve(absent, broke=True, problem="OSError\nmore")
    report = evolve(REPORT, rows=[broke])
    assert as_text(report).endswith("workers: BROKE: OSError\n")
    assert report.failed


def test_json_has_every_sample() -> None:
    """A program finds what the text has rounded."""
    found = json.loads(json.dumps(as_json(REPORT)))
    assert found["failed"] is True
    row = found["rows"][0]
    assert row["samples"]["chp"] == [{"requests/s": 4000.0, "p99 s": 0.02}]
    assert row["demands"][1]["outcome"] == "MISSED"
    assert row["demands"][1]["demand"] == pytest.approx(22_400)


def test_absolute_demands() -> None:
    """A demand without a peer is shown in its own unit."""
    found = Measured({"platform": [{"seconds": 0.4}]})
    bar = Bar("start", "seconds", 0.3, who="platform")
    row = RowResult("start", "", found, verdicts=judged("start", found, [bar]))
    text = as_text(evolve(REPORT, rows=[row]))
    assert "MISSED  bar: platform: at most 0.300 s" in text
