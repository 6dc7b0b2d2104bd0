"""Which projects run."""

from pathlib import Path

import pytest
from attrs import evolve

from aen.compute.running import RunningProjects, path_of
from aen.model.errors import Conflict, Invalid
from tests.compute.ground import PROJECT


def loaded(directory: Path) -> RunningProjects:
    """Return the projects as a service that begins finds them."""
    found = RunningProjects(directory)
    found.load()
    return found


def test_a_restart_forgets_no_project(tmp_path: Path) -> None:
    """What runs still runs afterwards; what was stopped does not."""
    projects = loaded(tmp_path)
    projects.add(PROJECT)
    projects.add(evolve(PROJECT, id="p2", name="other"))
    projects.remove("p2")
    projects.remove("p2")
    again = loaded(tmp_path)
    assert list(again) == [PROJECT]
    assert len(again) == 1
    assert "p1" in again
    again.demand(PROJECT)


def test_only_this_very_project(tmp_path: Path) -> None:
    """An id with another path is not the project that was started."""
    projects = loaded(tmp_path)
    projects.add(PROJECT)
    for wrong in (evolve(PROJECT, id="p9"), evolve(PROJECT, name="other")):
        with pytest.raises(Conflict, match="not running"):
            projects.demand(wrong)


def test_damaged_files_are_passed_over(tmp_path: Path) -> None:
    """One bad file keeps no node from beginning; what it holds could not be stopped."""
    (tmp_path / "p1.json").write_text("{")
    (tmp_path / "p2.json").write_text('{"id": "p2", "owner": "..", "name": "x"}')
    (tmp_path / "p3.json").write_text('{"id": "p1", "owner": "ada", "name": "lab"}')
    assert len(loaded(tmp_path)) == 0


@pytest.mark.parametrize("bad", ["", "../x", "a/b", "x" * 65, "a.b"])
def test_an_id_is_no_path(bad: str) -> None:
    """Ids become names of files."""
    with pytest.raises(Invalid):
        path_of(evolve(PROJECT, id=bad))
