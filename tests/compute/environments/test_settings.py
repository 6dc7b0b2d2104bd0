"""What an operator may set."""

from pathlib import Path

import pytest

from aen.compute.environments.settings import (
    CloneBy,
    EnvironmentSettings,
    skeleton_directory,
)
from aen.runtime.structure import structure


def test_settings_are_json() -> None:
    """Every setting can be written in a settings file."""
    given = {"python": "/usr/bin/python3", "clone_by": "copy", "default_packages": []}
    settings = structure(given, EnvironmentSettings)
    assert settings.clone_by is CloneBy.COPY
    assert settings.default_packages == ()


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
        (tmp_path / "share" / "aen" / "skeleton").mkdir(parents=True)
    found = skeleton_directory(EnvironmentSettings())
    assert found.is_dir()
    assert (tmp_path in found.parents) is installed
    assert installed or (found / "Welcome.ipynb").is_file()
