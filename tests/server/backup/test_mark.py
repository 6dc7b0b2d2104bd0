"""The mark of a restore under way."""

from pathlib import Path

import pytest

from aen.model.errors import Conflict
from aen.server.backup.mark import RestoreMark, demand_whole


def test_from_beginning_to_end(tmp_path: Path) -> None:
    """While it is there nothing else starts."""
    mark = RestoreMark(tmp_path)
    assert mark.begun() is None
    demand_whole(tmp_path)
    mark.begin("abc")
    assert mark.begun() == "abc"
    with pytest.raises(Conflict, match="restore” with the same file"):
        demand_whole(tmp_path)
    mark.end()
    mark.end()
    demand_whole(tmp_path)


def test_a_mark_that_cannot_be_read(tmp_path: Path) -> None:
    """It still is one."""
    mark = RestoreMark(tmp_path)
    mark.begin("abc")
    path = tmp_path / "var/lib/wakari/restoring.json"
    path.write_text("{")
    assert mark.begun() == ""
    path.chmod(0o644)
    assert mark.begun() == ""
