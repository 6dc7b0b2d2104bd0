"""A whole platform is lost, and restored elsewhere from its backup and its files."""

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import define, evolve

from aen.local.installation import ADMINISTRATOR
from aen.server.backup.mark import RestoreMark
from tests.installed import ROOT, Installed, lighten, new_installation
from tests.projects import FIRST_START, Person, Project, new_person, new_project
from tests.system.planting import Browser, Garden, let_in

pytestmark = pytest.mark.system
RSYNC = ("rsync", "-aHAX", "--numeric-ids")


@define
class Move:
    """The platform before and after, and what somebody had there."""

    old: Installed
    new: Installed
    person: Person
    project: Project
    browser: Browser
    gate: Browser
    said: str
    """What the backup, its check and the restores printed."""


@pytest.fixture(scope="module")
def move() -> Iterator[Move]:
    """Give a platform that was restored in another folder, and is up."""
    old = Installed(new_installation())
    new = Installed(evolve(old.one, prefix=new_installation().prefix))
    try:
        yield from _moved(old, new)
        assert new.stop() == 0, new.said.read_text()
        assert new.processes() == []
    finally:
        for one in (old, new):
            one.keep_logs(f"backup-{'old' if one is old else 'new'}")
            one.clean()


def _moved(old: Installed, new: Installed) -> Iterator[Move]:
    old.start()
    old.wait_ready()
    lighten(old.one)
    old.restart_node()
    person, project = new_person(old), new_project(old, "kept")
    browser, gate, _ = let_in(Garden(old))
    file = old.one.prefix / "one.tar.gz"
    old.control("stop", "worker")  # else the start could be over before the backup
    answer = project.api.post(f"{project.path}/start")
    assert answer.status == 202, answer.text
    project.wait("starting")
    said = old.admin("backup", str(file))
    old.control("start", "worker")
    project.wait("running", FIRST_START)
    home = old.one.projects / project.owner / project.name
    (home / "notes.txt").write_text("kept")
    old.stop()
    kept = new.one.prefix / "one.tar.gz"
    shutil.copy2(file, kept)
    _copy_files(old, new)
    _prepare(new)
    said += new.admin("restore", "--check", str(kept))
    _kill_in_the_middle(new, kept)
    said += new.admin("restore", str(kept))
    new.start()
    new.wait_ready()
    new._token = old._token
    yield Move(old, new, person, project, browser, gate, said)


def _copy_files(old: Installed, new: Installed) -> None:
    """Copy the project files as the documentation says."""
    command = RSYNC if shutil.which("rsync") else ("cp", "-aT")
    slash = "/" if command is RSYNC else ""
    places = (f"{old.one.projects}{slash}", f"{new.one.projects}{slash}")
    subprocess.run((*command, *places), check=True)


def _prepare(new: Installed) -> None:
    words = list(new.command())
    words[words.index("run")] = "prepare"
    subprocess.run(words, cwd=ROOT, check=True, timeout=60)


def _kill_in_the_middle(new: Installed, file: Path) -> None:
    """Kill a restore once it writes; nothing else may start then."""
    command = (new.one.programs / "aen-server-admin", "restore", file)
    mark = RestoreMark(new.one.server)
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as restore:
        deadline = time.monotonic() + 60
        while mark.begun() is None:
            assert restore.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.002)
        restore.send_signal(signal.SIGKILL)
    assert mark.begun()
    settings = ("-c", str(new.one.server_settings))
    done = subprocess.run(
        (sys.executable, "-m", "twisted", "aen-server", *settings),
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert "A backup is being restored" in done.stdout + done.stderr


def test_what_was_said(move: Move) -> None:
    """How much there is, what was under way, that it is whole; nothing secret."""
    assert "under way then: start project: 1" in move.said
    assert "It is whole and unaltered" in move.said
    assert "Restored " in move.said
    key = (move.old.one.server / "etc/wakari/keys/server.key").read_text()
    for secret in (move.person.password, move.person.token, move.old.password, key):
        assert secret.strip() not in move.said


def test_everybody_is_known(move: Move) -> None:
    """Passwords, tokens, sessions and the gateway's passes of before are good."""
    api = move.new.api(move.person.token)
    assert api.get("/api/v1/me").json["username"] == move.person.name
    form = {"username": move.person.name, "password": move.person.password}
    fresh = Browser(Garden(move.new), move.new.web)
    fresh.post("/login", form)
    assert any("session" in name for name in fresh.cookies)
    assert move.browser.get("/account/").status == 200
    answer = move.gate.get(f"/{ADMINISTRATOR}/some/terminal/")
    assert answer.status == 404, (
        answer.text
    )  # it knows who asks, and of no such project


def test_the_project_is_what_it_is(move: Move) -> None:
    """Stopped, with the reason; it starts, with its files; its old task has ended."""
    project = Project(move.new.api(), move.project.owner, move.project.name)
    found = project.now()
    assert found["state"] == "stopped"
    assert "restored from a backup" in found["problem"]
    tasks = move.new.api().get("/api/v1/tasks").json["items"]
    starts = [one for one in tasks if one["kind"] == "start project"]
    assert [one["state"] for one in starts] == ["cancelled"]
    project.start(FIRST_START)
    home = move.new.one.projects / project.owner / project.name
    assert (home / "notes.txt").read_text() == "kept"


def test_it_is_not_restored_twice(move: Move) -> None:
    """Not while it runs, whatever the file is."""
    kept = str(move.new.one.prefix / "one.tar.gz")
    said = move.new.run_below_bin("aen-server-admin", "restore", kept)
    assert said.returncode == 1
    assert "The server is running" in said.stderr
