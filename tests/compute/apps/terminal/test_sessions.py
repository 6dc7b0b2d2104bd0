"""Processes of a session."""

import os
from pathlib import Path

import pytest

from aen.compute.apps.terminal.sessions import members


@pytest.mark.parametrize(
    ("stat", "found"),
    [
        ("7 (bash) S 1 7 42 34816", [7]),
        ("7 (a) b (c) R 1 7 42 34816", [7]),
        ("7 (bash) Z 1 7 42 34816", []),
        ("7 (bash) S 1 7 43 34816", []),
    ],
)
def test_members(tmp_path: Path, stat: str, found: list[int]) -> None:
    """A process is found by its session, whatever its name, unless it is dead."""
    (tmp_path / "7").mkdir()
    (tmp_path / "7" / "stat").write_text(stat)
    (tmp_path / "8").mkdir()  # ended while we looked
    (tmp_path / "self").mkdir()
    assert members(42, tmp_path) == found


def test_ourselves() -> None:
    """The real /proc is read as it is."""
    assert os.getpid() in members(os.getsid(0))
