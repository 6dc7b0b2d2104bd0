"""What operators read of a node's disk."""

from pathlib import Path
from typing import Any

import pytest

from aen.compute.disk_check import disk_problems, skeleton_problems
from aen.compute.environments.settings import CloneBy, EnvironmentSettings

ROOT = Path("/projects")
GOOD = {"writable": True, "bytes": 2**40, "files": 10**7, "links": True}
SETTINGS = EnvironmentSettings()


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ({"writable": False}, "not a directory that can be written"),
        ({"bytes": 2**20 * 100}, "100 MiB left"),
        ({"files": 12}, "12 files left"),
        ({"links": False}, "cannot be hard-linked"),
    ],
)
def test_each_trouble_has_its_sentence(found: dict[str, Any], words: str) -> None:
    """One sentence, with the directory it is about."""
    (problem,) = disk_problems(ROOT, SETTINGS, GOOD | found)
    assert words in problem
    assert str(ROOT) in problem


@pytest.mark.parametrize("found", [{}, {"files": 0}])
def test_nothing_to_say(found: dict[str, Any]) -> None:
    """A disk that does not count files has room for them."""
    assert disk_problems(ROOT, SETTINGS, GOOD | found) == ()


def test_links_matter_only_when_they_are_made() -> None:
    """A node that copies does not need them."""
    copying = EnvironmentSettings(clone_by=CloneBy.COPY)
    assert disk_problems(ROOT, copying, GOOD | {"links": False}) == ()


def test_lists_matter_only_to_teams() -> None:
    """Where nobody has an account of their own, nobody needs them."""
    found = GOOD | {"lists": False}
    assert disk_problems(ROOT, SETTINGS, found) == ()
    (problem,) = disk_problems(ROOT, SETTINGS, found, lists=True)
    assert "no access control lists" in problem


def test_a_missing_skeleton(tmp_path: Path) -> None:
    """New projects could not begin."""
    assert skeleton_problems(tmp_path) == ()
    assert "skeleton" in skeleton_problems(tmp_path / "gone")[0]
