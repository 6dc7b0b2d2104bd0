"""An environment with pip, made where Debian left ensurepip out and without root."""

import subprocess
import zipfile
from pathlib import Path

import pytest

from tools import rootless_venv

APT_GET = """#!/bin/sh
echo "$*" >> {log}
case "$*" in
  *Dir::State=*update) touch {log}.index ;;
  *download*) [ -e {index} ] && touch "{package}" ;;
esac
"""
DPKG_DEB = """#!/bin/sh
mkdir -p "$3/{folder}" && cp {wheel} "$3/{folder}/"
"""
PIP = "import sys; open({said!r}, 'w').write(' '.join(sys.argv[1:]))"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Give the file where the fake apt-get writes what it was asked."""
    return tmp_path / "log"


def fake(name: str, text: str, folder: Path) -> None:
    """Put a program on the way of others."""
    (folder / name).write_text(text)
    (folder / name).chmod(0o755)


def fake_apt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, index: Path, log: Path
) -> None:
    """Make an apt-get that finds packages once the file *index* is there."""
    programs = tmp_path / "bin"
    programs.mkdir()
    package = f"{rootless_venv.PIP_PACKAGE}_1_all.deb"
    fake("apt-get", APT_GET.format(log=log, index=index, package=package), programs)
    monkeypatch.setenv("PATH", str(programs), prepend=":")


def test_index_of_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log: Path
) -> None:
    """Where the system knows its packages, nothing but one package is fetched."""
    index, aside = tmp_path / "index", tmp_path / "aside"
    index.touch()
    aside.mkdir()
    fake_apt(tmp_path, monkeypatch, index, log)
    rootless_venv.download("python3-pip-whl", aside)
    assert log.read_text().splitlines() == ["-q download python3-pip-whl"]
    assert [each.suffix for each in aside.iterdir()] == [".deb"]


def test_index_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log: Path
) -> None:
    """Where the system's index is empty, which only root may fill, there is another."""
    aside = tmp_path / "aside"
    aside.mkdir()
    fake_apt(tmp_path, monkeypatch, tmp_path / "log.index", log)
    rootless_venv.download("python3-pip-whl", aside)
    _, update, download = log.read_text().splitlines()
    own = f"Dir::State={aside / 'state'}"
    assert own in update
    assert own in download
    assert list(aside.glob("*.deb"))


def test_nothing_to_be_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log: Path
) -> None:
    """Without the package it fails, and leaves it to others to say what to do."""
    fake_apt(tmp_path, monkeypatch, tmp_path / "never", log)
    aside = tmp_path / "aside"
    aside.mkdir()
    with pytest.raises(subprocess.CalledProcessError):
        rootless_venv.make_venv(tmp_path / "venv", aside)
    assert not (tmp_path / "venv").exists()


def test_pip_installs_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log: Path
) -> None:
    """The unpacked pip puts itself in the new environment, from its own folder."""
    index, aside, said = tmp_path / "index", tmp_path / "aside", tmp_path / "said"
    index.touch()
    aside.mkdir()
    wheel = tmp_path / "pip-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as file:
        file.writestr("pip/__main__.py", PIP.format(said=str(said)))
    fake_apt(tmp_path, monkeypatch, index, log)
    unpack = DPKG_DEB.format(folder=rootless_venv.PIP_FOLDER, wheel=wheel)
    fake("dpkg-deb", unpack, tmp_path / "bin")
    rootless_venv.make_venv(tmp_path / "venv", aside)
    assert (tmp_path / "venv/bin/python").exists()
    wheels = aside / rootless_venv.PIP_FOLDER
    assert said.read_text() == f"install -q --no-index --find-links {wheels} pip"
