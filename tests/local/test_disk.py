"""Files of an installation on a real disk."""

import json
from pathlib import Path

import pytest

from aen.local import disk
from aen.local.files import Programs
from aen.local.installation import Installation
from aen.model.errors import Conflict, Invalid

PROGRAMS = Programs(python=Path("/venv/bin/python"), twistd=Path("/venv/bin/twistd"))


@pytest.fixture
def one(tmp_path: Path) -> Installation:
    """Give an installation whose folders are made."""
    made = Installation(prefix=tmp_path / "var")
    disk.make_folders(made)
    return made


def test_private(one: Installation) -> None:
    """Settings, sockets and data are for the account that runs the platform alone."""
    disk.write_settings(one)
    assert one.server_settings.stat().st_mode & 0o777 == 0o600
    assert one.server_settings.parent.stat().st_mode & 0o777 == 0o700
    assert one.supervisor_socket.parent.stat().st_mode & 0o777 == 0o700


def test_in_the_way(tmp_path: Path) -> None:
    """A folder that cannot be made is named, with what to do."""
    (tmp_path / "file").write_text("")
    with pytest.raises(Invalid, match="PREFIX"):
        disk.make_folders(Installation(prefix=tmp_path / "file"))


def test_run_once(one: Installation) -> None:
    """Two runs of one installation would fight; the second is told."""
    with (
        disk.held(one.lock),
        pytest.raises(Conflict, match="running already"),
        disk.held(one.lock),
    ):
        pass
    with disk.held(one.lock):
        pass


def test_only_registered_roles(one: Installation) -> None:
    """A role's settings are kept up to date once it has any."""
    disk.write_settings(one)
    assert not one.gateway_settings.exists()
    disk.write_compute_settings(one, {"name": "node1", "gateway_key": "k"})
    disk.write_settings(one)
    found = json.loads(one.compute_settings.read_text())
    assert found["name"] == "node1"
    assert found["gateway_key"] == "k"


def test_registered_when_finished(one: Installation) -> None:
    """A first run that was interrupted is a first run still."""
    one.first_run.write_text("{}")
    one.gateway_settings.write_text("{}")
    one.compute_settings.write_text("{}")
    assert not disk.is_registered(one)
    one.first_run.unlink()
    assert disk.is_registered(one)
    disk.check_place(one)


def test_broken_file_is_named(one: Installation) -> None:
    """A settings file an operator broke is named, not overwritten."""
    one.server_settings.write_text("{oops")
    with pytest.raises(Invalid, match=r"wk-server-config\.json"):
        disk.write_settings(one)
    one.server_settings.write_text("[]")
    with pytest.raises(Invalid, match="object"):
        disk.write_settings(one)


def test_programs_can_be_run(one: Installation) -> None:
    """The commands below ``bin`` are programs."""
    disk.write_programs(one, PROGRAMS)
    assert (one.programs / "supervisorctl").stat().st_mode & 0o100


def test_supervisor_file(one: Installation) -> None:
    """The file of supervisord is written as it was composed."""
    disk.write_supervisor(one, PROGRAMS, complete=True)
    assert "[program:wakari-gateway]" in one.supervisor_settings.read_text()
