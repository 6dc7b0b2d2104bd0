"""The role: its command line, and what it is assembled from."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from twisted.application.service import IService
from twisted.internet.testing import MemoryReactorClock

from aen.model.errors import Invalid
from aen.server import service
from aen.server.settings import ServerSettings, check_server


def settings_file(tmp_path: Path, **parts: Any) -> Path:
    """Return a settings file of a server below *tmp_path*."""
    path = tmp_path / "s.json"
    values = {"public_url": "http://aen", "prefix": str(tmp_path), **parts}
    path.write_text(json.dumps(values))
    return path


def options(*words: str) -> service.Options:
    """Return what ``twistd aen-server`` makes of *words*."""
    found = service.Options()
    found.parseOptions(list(words))
    return found


def test_check_reads_the_settings_and_ends(tmp_path: Path) -> None:
    """Well, or with what is wrong."""
    good = settings_file(tmp_path)
    with pytest.raises(SystemExit) as end:
        service.makeService(options("--check", "-c", str(good)))
    assert end.value.code == 0
    bad = settings_file(tmp_path, lisen=[])
    with pytest.raises(SystemExit, match="did you mean “listen”"):
        service.makeService(options("-c", str(bad)))


def test_one_of_several_processes_has_its_own_socket(tmp_path: Path) -> None:
    """And tells its parent that it serves; the parent stands in front."""
    found = options("--process", "2", "-c", "/x.json")
    assert found.process == 2
    assert found.command(1)[-5:] == ("aen-server", "-c", "/x.json", "--process", "1")
    settings = ServerSettings("http://aen", prefix=str(tmp_path), processes=3)
    run = tmp_path / "var/run"
    assert settings.web_sockets == (
        run / "wakari-server.sock",
        run / "wakari-server-1.sock",
        run / "wakari-server-2.sock",
    )
    check_server(settings)
    with pytest.raises(Invalid, match="processes"):
        check_server(evolve(settings, processes=0))


def kinds(assembled: Any) -> list[str]:
    """Return what a role is made of, in order."""
    parts: list[IService] = list(assembled)
    return [type(one).__name__ for one in parts]


def test_a_worker_serves_nothing(tmp_path: Path) -> None:
    """It has the store, its life and its threads."""
    assert options("--worker")["worker"]
    settings = ServerSettings(public_url="http://aen", prefix=str(tmp_path))
    reactor = MemoryReactorClock()
    assembled = service.assemble(settings, reactor, worker_only=True)
    assert kinds(assembled) == [
        "Threads",
        "EmbeddedStore",
        "Bell",
        "ExceptionWatch",
        "Life",
        "Settled",
    ]


def test_a_worker_knows_no_pages() -> None:
    """What makes pages is a third of what a process of the server takes."""
    code = (
        "import sys, aen.server.service\n"
        "print(*({'klein', 'jinja2', 'aen.server.web'} & {*sys.modules}))"
    )
    command = (sys.executable, "-c", code)
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == ""


def test_a_bad_store_is_refused(tmp_path: Path) -> None:
    """A wrong address of a MongoDB is refused with a sentence."""
    settings = ServerSettings(
        public_url="http://aen", prefix=str(tmp_path), MONGO_URL="http://x"
    )
    with pytest.raises(Invalid):
        service.assemble(settings, MemoryReactorClock(), worker_only=True)
