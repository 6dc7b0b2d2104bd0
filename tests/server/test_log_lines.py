"""The log as lines of a file."""

import csv
import io
import json

import pytest

from aen.model.audit import Act, Entry
from aen.server.log_lines import COLUMNS, Form

ENTRY = Entry(
    "e1", 0.5, Act.PROJECT_CHANGED, "ada", "", "p1", "ada/lab", "10.0.0.1",
    {"to": '=1+1, "x"\n', "a": "b"},
)  # fmt: skip


def test_csv() -> None:
    """One row of as many cells as the head has."""
    text = Form.CSV.head + Form.CSV.line(ENTRY)
    head, row = csv.reader(io.StringIO(text))
    assert head == list(COLUMNS)
    found = dict(zip(head, row, strict=True))
    assert found["at"] == "1970-01-01T00:00:00.500+00:00"
    assert found["details"] == 'a: b; to: =1+1, "x"\n'


@pytest.mark.parametrize("sign", "=+-@\t\r")
def test_no_formulas(sign: str) -> None:
    """A spreadsheet shows what somebody called themselves, and does not do it."""
    entry = Entry("e", 0.0, Act.SIGNED_IN, f"{sign}cmd")
    (row,) = csv.reader(io.StringIO(Form.CSV.line(entry), newline=""))
    assert row[2] == f"'{sign}cmd"


def test_json() -> None:
    """One object a line."""
    line = Form.JSON.line(ENTRY)
    assert line.endswith("\n")
    assert line.count("\n") == 1
    found = json.loads(line)
    assert set(found) == set(COLUMNS)
    assert found["details"] == {"a": "b", "to": '=1+1, "x"\n'}
    assert Form.JSON.head == ""
    assert Form.CSV.media == "text/csv"
