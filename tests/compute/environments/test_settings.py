"""Where the first files of new projects are."""

from pathlib import Path

import pytest

from aen.compute.environments.settings import EnvironmentSettings, skeleton_directory


def test_the_skeleton_that_is_set_is_taken(tmp_path: Path) -> None:
    """Whatever came with AEN."""
    settings = EnvironmentSettings(skeleton=str(tmp_path))
    assert skeleton_directory(settings) == tmp_path


@pytest.mark.parametrize("installed", [True, False])
def test_the_skeleton_that_came_with_aen(
    installed: bool,  # noqa: FBT001
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The installed one, or the checkout's; both have a welcome."""
    monkeypatch.setattr("sys.prefix", str(tmp_path))
    if installed:
        skeleton = tmp_path / "share" / "aen" / "skeleton"
        skeleton.mkdir(parents=True)
        (skeleton / "Welcome.ipynb").touch()
    found = skeleton_directory(EnvironmentSettings())
    assert (tmp_path in found.parents) is installed
    assert (found / "Welcome.ipynb").is_file()
