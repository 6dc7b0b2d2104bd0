"""How much of the disk a project occupies."""

import os
from pathlib import Path

import pytest

from aen.compute.disk.measure import measure


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    """Return a project with 1 MiB in it and an environment that shares 1 MiB."""
    home = tmp_path / "ada" / "lab"
    (home / "envs" / "default").mkdir(parents=True)
    (home / "data").write_bytes(os.urandom(2**20))
    (tmp_path / "template").write_bytes(os.urandom(2**20))
    os.link(tmp_path / "template", home / "envs" / "default" / "shared")
    return home


def test_what_it_occupies(lab: Path) -> None:
    """Shared files are the template's; a second name of one's own is no second file."""
    root = str(lab.parents[1])
    found = measure(root, "ada", "lab", 1000, 10)
    assert found["whole"]
    assert found["files"] == 3
    assert 2**20 <= found["bytes"] < 2**20 + 2**16
    os.link(lab / "data", lab / "again")
    assert measure(root, "ada", "lab", 1000, 10)["bytes"] == found["bytes"]


def test_it_takes_no_longer_than_it_may(lab: Path) -> None:
    """What was counted until then is told, and that it is not all."""
    root = str(lab.parents[1])
    assert not measure(root, "ada", "lab", 2, 10)["whole"]
    assert not measure(root, "ada", "lab", 1000, 0)["whole"]


def test_links_are_not_followed(lab: Path) -> None:
    """A link is counted as itself."""
    before = measure(str(lab.parents[1]), "ada", "lab", 1000, 10)
    (lab / "out").symlink_to("/")
    after = measure(str(lab.parents[1]), "ada", "lab", 1000, 10)
    assert after["files"] == before["files"] + 1
    assert after["bytes"] - before["bytes"] < 2**13


def test_very_deep(lab: Path) -> None:
    """It is counted as far as it goes."""
    place = os.open(lab, os.O_RDONLY)
    for _ in range(300):
        os.mkdir("d", dir_fd=place)
        below = os.open("d", os.O_RDONLY, dir_fd=place)
        os.close(place)
        place = below
    os.close(place)
    found = measure(str(lab.parents[1]), "ada", "lab", 1000, 10)
    assert not found["whole"]
    assert found["files"] > 200


def test_what_is_not_there(tmp_path: Path) -> None:
    """Occupies nothing."""
    found = measure(str(tmp_path), "ada", "lab", 10, 10)
    assert found == {"bytes": 0, "files": 0, "whole": True}
