"""Environments as texts; the usual ones are in `test_archiving`."""

from pathlib import Path

from aen.compute.apps.files.exporting import export
from aen.compute.apps.files.inside import Inside


def test_nothing_to_say(project: Path, inside: Inside) -> None:
    """What is no environment has no text, and no link leads anywhere."""
    (project / "envs/empty").mkdir(parents=True)
    (project / "envs/link").symlink_to("../../outside")
    (project / "envs/file").touch()
    for name in ("empty", "link", "file", "nothing"):
        assert export(inside, name) is None


def test_odd_names_are_no_packages(project: Path, inside: Inside) -> None:
    """Names that could be more than a name in a file are left aside."""
    packages = project / "envs/e/lib/python3.11/site-packages"
    for name in (
        "a b-1.dist-info",
        "x-1.dist-info",
        "-e evil-1.dist-info",
        "y-1 2.dist-info",
    ):
        (packages / name).mkdir(parents=True)
    assert export(inside, "e") == (".txt", "x==1\n")
