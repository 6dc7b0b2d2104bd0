"""What `make bench` is told, and what a row that fails becomes."""

from pathlib import Path

import pytest

from bench.__main__ import measure, parser
from bench.measured import Measured, Missing, Pace
from bench.stage import Stage
from bench.table import Row


def test_defaults() -> None:
    """Variables that are set but empty, as make has them, are not set."""
    asked = parser({"ROWS": "", "SECONDS": "", "RUNS": ""}).parse_args([])
    assert (asked.rows, asked.seconds, asked.runs) == ("", 4.0, 3)


def test_variables_and_options() -> None:
    """Both ways lead there; an option is nearer to the person than a variable."""
    environ = {"ROWS": "http", "SECONDS": "1.5", "RUNS": "1"}
    asked = parser(environ).parse_args(["--runs", "2"])
    assert (asked.rows, asked.seconds, asked.runs) == ("http", 1.5, 2)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """Return a stage nobody has asked for anything."""
    return Stage(tmp_path)


def test_a_figure_is_judged(stage: Stage) -> None:
    """A row's figure meets its own bars."""

    def found(stage: Stage, pace: Pace) -> Measured:
        return Measured({"platform": [{"seconds": 0.2}]})

    result = measure(Row("start", "", found), stage, Pace(1, 1))
    assert not result.failed
    assert [one.bar.row for one in result.verdicts] == ["start", "start"]


def test_what_is_missing_is_no_failure(stage: Stage) -> None:
    """A machine without root still measures the rest."""

    def absent(stage: Stage, pace: Pace) -> Measured:
        raise Missing("It needs root.")

    result = measure(Row("remote", "", absent), stage, Pace(1, 1))
    assert (result.problem, result.failed) == ("It needs root.", False)


def test_what_breaks_is_one(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    """Where the platform does not do its work the bench fails, and goes on."""

    def broken(stage: Stage, pace: Pace) -> Measured:
        raise ConnectionResetError("gone")

    result = measure(Row("idle", "", broken), stage, Pace(1, 1))
    assert (result.broke, result.failed) == (True, True)
    assert "ConnectionResetError" in capsys.readouterr().err
