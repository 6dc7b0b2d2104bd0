"""What is in a project's environments."""

import os
from pathlib import Path

import pytest

from aen.compute.disk.listing import environments
from tests.compute.fakes import small_template


@pytest.fixture
def envs(tmp_path: Path) -> Path:
    """Return the directory of the environments of ada/lab."""
    (tmp_path / "ada" / "lab" / "envs").mkdir(parents=True)
    return tmp_path / "ada" / "lab" / "envs"


def test_version_and_packages(envs: Path, tmp_path: Path) -> None:
    """Read from the files, by name."""
    packages = small_template(envs / "default") / "lib" / "python3.11" / "site-packages"
    (packages / "typing_extensions-4.16.0.dist-info").mkdir()
    assert environments(str(tmp_path), "ada", "lab") == [
        {
            "name": "default",
            "provider": "builtin",
            "python": "3.11.2",
            "packages": [("six", "1.17.0"), ("typing-extensions", "4.16.0")],
        }
    ]


def test_no_project_no_environments(tmp_path: Path) -> None:
    """Before the first start there are none."""
    assert environments(str(tmp_path), "ada", "lab") == []


def test_what_is_no_environment_is_left_out(envs: Path, tmp_path: Path) -> None:
    """Links, files, odd names and empty directories are not listed."""
    outside = small_template(tmp_path / "outside")
    (envs / "link").symlink_to(outside)
    (envs / "file").write_text("")
    (envs / "empty").mkdir()
    (envs / "odd\nname").mkdir()
    assert environments(str(tmp_path), "ada", "lab") == []


def test_traps_do_not_hang_or_lead_out(envs: Path, tmp_path: Path) -> None:
    """A pipe as configuration, a link as library: empty answers."""
    (envs / "pipe").mkdir()
    os.mkfifo(envs / "pipe" / "pyvenv.cfg")
    (envs / "pipe" / "lib").symlink_to("/usr/lib")
    (envs / "link").mkdir()
    (envs / "link" / "pyvenv.cfg").symlink_to("/etc/hostname")
    assert environments(str(tmp_path), "ada", "lab") == [
        {"name": "pipe", "provider": "builtin", "python": "", "packages": []}
    ]


def test_conda_environments(envs: Path, tmp_path: Path) -> None:
    """From conda's own records, and what pip has put beside."""
    prefix = envs / "c"
    (prefix / "conda-meta").mkdir(parents=True)
    records = ("python-3.12.1-h1_0", "zope.interface-6.0-py312_0", "PyTorch-2.1-0")
    for one in (*records, "odd"):
        (prefix / "conda-meta" / f"{one}.json").touch()
    (prefix / "conda-meta" / "history").touch()
    packages = prefix / "lib" / "python3.12" / "site-packages"
    for name, installer in (("torch-2.1", "conda"), ("six-1.17.0", "pip\n")):
        (packages / f"{name}.dist-info").mkdir(parents=True)
        (packages / f"{name}.dist-info" / "INSTALLER").write_text(installer)
    (packages / "mute-1.0.dist-info").mkdir()
    assert environments(str(tmp_path), "ada", "lab") == [
        {
            "name": "c",
            "provider": "conda",
            "python": "3.12.1",
            "packages": [
                ("python", "3.12.1"),
                ("pytorch", "2.1"),
                ("six", "1.17.0"),
                ("zope.interface", "6.0"),
            ],
            "by_pip": [("six", "1.17.0")],
        }
    ]
