"""Rows are chosen by the beginnings of their names."""

import pytest

from bench.measured import Missing
from bench.table import ROWS, chosen


def test_all_by_default() -> None:
    """No name means every row."""
    assert chosen([]) == ROWS


def test_by_beginning() -> None:
    """``ws-`` means every WebSocket row, in the table's order."""
    names = [row.name for row in chosen(["ws-", "http-1k"])]
    assert names == ["http-1k", "ws-32x256", "ws-500x256", "ws-32x64k"]


def test_unknown() -> None:
    """A row there is not is an error, not an empty table."""
    with pytest.raises(Missing, match="nope"):
        chosen(["nope"])
