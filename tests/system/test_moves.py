"""Renaming, giving away and guests, on a real platform with real accounts."""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.installed import Installed, brought_up
from tests.projects import FIRST_START, Person, Project, new_person, new_project
from tests.system.test_accounts import (
    PROGRAM,
    SHELL_APP,
    as_account,
    home,
    put_in,
    shell,
)
from tests.waiting import until

pytestmark = [
    pytest.mark.system,
    pytest.mark.root,
    pytest.mark.skipif(os.geteuid() != 0, reason="makes OS accounts: needs root"),
]


@pytest.fixture(scope="module")
def real() -> Iterator[Installed]:
    """Give the platform with real accounts, and an app that runs commands."""
    up = brought_up("moves", multiuser=True)
    made = next(up)
    apps = made.one.compute_prefix / "etc/wakari/apps"
    apps.mkdir(exist_ok=True)
    command = [str(PROGRAM), "-c", SHELL_APP, "%(socket)s"]
    manifest = {"name": "shell", "title": "Shell", "command_list": command}
    (apps / "shell.json").write_text(json.dumps(manifest))
    yield made
    with suppress(StopIteration):
        next(up)


@pytest.fixture(scope="module")
def people(real: Installed) -> Iterator[list[Person]]:
    """Give an owner, a receiver and a member; their accounts go afterwards."""
    made = [new_person(real, f"aent{word}") for word in ("giv", "rec", "gue")]
    yield made
    for one in made:
        subprocess.run(
            ("userdel", "--remove", "--force", one.name),
            capture_output=True,
            check=False,
        )


@pytest.fixture(scope="module")
def project(real: Installed, people: list[Person]) -> Project:
    """Give a project that runs, with a member."""
    made = new_project(real, "move", people[0])
    made.start(FIRST_START)
    put_in(made, people[2], "member")
    return made


def moved(real: Installed, made: Project, person: Person, what: str) -> Project:
    """Return a project at its new path, once its files are there."""
    owner, _, name = what.partition("/")
    there = Project(real.api(person.token), owner, name)
    there.wait("stopped")
    until(home(real, there).is_dir, f"the files are at {what}")
    assert not home(real, made).exists()
    return there


def tool(old: Path) -> str:
    """Return a command that tells of its environment: if it runs, where, of *old*."""
    prefix = "envs/default/bin/python -c 'import sys; print(sys.prefix)'"
    return f"envs/default/bin/pip -qqq check; {prefix}; grep -rIlF {old}/envs envs"


def test_rename(real: Installed, people: list[Person], project: Project) -> None:
    """It is stopped and its files follow; programs of its environment still run."""
    owner = people[0]
    shell(real, project, owner, "echo kept > kept.txt")
    answer = project.api.post(f"{project.path}/rename", {"name": "renamed"})
    assert answer.status == 202, answer.text
    there = moved(real, project, owner, f"{owner.name}/renamed")
    assert project.now()["name"] == "renamed"
    there.start()
    told = shell(real, there, owner, tool(home(real, project)))
    assert told == f"{home(real, there)}/envs/default\n"
    assert shell(real, there, owner, "cat kept.txt") == "kept\n"
    old = real.apps(owner.token).get(f"/{owner.name}/{project.name}/shell/?true")
    assert old.status == 307
    assert f"/{owner.name}/renamed/shell/?true" in old.headers["location"]


def test_a_server_killed_on_the_way(
    real: Installed, people: list[Person], project: Project
) -> None:
    """The next one goes on where it was, and nothing is lost."""
    owner = people[0]
    before = Project(project.api, owner.name, "renamed")
    assert before.api.post(f"{before.path}/rename", {"name": "again"}).status == 202
    real.kill("server")
    until(lambda: real.web.get("/healthz").status == 200, "the server is back", 60)
    there = moved(real, before, owner, f"{owner.name}/again")
    there.start()
    told = shell(real, there, owner, tool(home(real, before)))
    assert told == f"{home(real, there)}/envs/default\n"


def test_transfer(real: Installed, people: list[Person], project: Project) -> None:
    """The files become the receiver's; who gave them away has no way in any more."""
    giver, receiver, member = people
    before = Project(project.api, giver.name, "again")
    assert as_account(giver, "ls", str(home(real, before))).returncode == 0
    wanted = {"owner": receiver.name}
    answer = before.api.post(f"{before.path}/transfer", wanted)
    assert answer.status == 202, answer.text
    there = moved(real, before, receiver, f"{receiver.name}/again")
    place = home(real, there)
    assert as_account(receiver, "cat", str(place / "kept.txt")).stdout == "kept\n"
    assert as_account(member, "cat", str(place / "kept.txt")).stdout == "kept\n"
    refused = as_account(giver, "cat", str(place / "kept.txt"))
    assert "Permission denied" in refused.stderr
    assert place.owner() == (place / "kept.txt").owner() == receiver.name
    assert before.api.get(there.path).status == 404
    there.start()
    told = shell(real, there, receiver, tool(home(real, before)))
    assert told == f"{place}/envs/default\n"
    assert shell(real, there, member, "id -un").strip() == member.name


def test_duplicate(real: Installed, people: list[Person], project: Project) -> None:
    """A member's copy is theirs, with environments that run, without what is hidden."""
    _, receiver, member = people
    source = Project(real.api(receiver.token), receiver.name, "again")
    shell(real, source, receiver, "echo s > hidden; chmod 600 hidden")
    copy = Project(real.api(member.token), member.name, "copy")
    answer = copy.api.post(f"{source.path}/duplicate", {"name": copy.name})
    assert answer.status == 202, answer.text
    copy.wait("stopped")
    copy.start()
    told = shell(real, copy, member, tool(home(real, source)))
    assert told == f"{home(real, copy)}/envs/default\n"
    assert shell(real, copy, member, "cat kept.txt") == "kept\n"
    assert "No such file" in shell(real, copy, member, "ls hidden")
    kept = home(real, copy) / "kept.txt"
    assert kept.owner() == member.name
    assert as_account(receiver, "cat", str(kept)).returncode != 0
    copy.api.post(f"{copy.path}/stop")
    copy.wait("stopped")


def test_a_guests_end(real: Installed, people: list[Person], project: Project) -> None:
    """At that moment apps are closed to them, soon after the files are, too."""
    _, receiver, guest = people
    there = Project(real.api(receiver.token), receiver.name, "again")
    end = time.time() + 6  # noqa: TID251 -- the platform's own clock
    until_then = datetime.fromtimestamp(end, UTC).isoformat()
    body = {"role": "member", "until": until_then}
    answer = there.api.ask("PUT", f"{there.path}/team/{guest.name}", body)
    assert answer.status == 200, answer.text
    assert shell(real, there, guest, "echo in") == "in\n"
    client = real.apps(guest.token)
    address = f"/{there.owner}/{there.name}/shell/?true"
    until(lambda: client.get(address).status in (403, 404), "the guest is out", 15)
    assert time.time() < end + 3  # noqa: TID251 -- the platform's own clock
    assert real.api(guest.token).get(there.path).status == 404
    kept = str(home(real, there) / "kept.txt")
    until(lambda: as_account(guest, "cat", kept).returncode != 0, "files are shut", 30)
    assert there.now()["team"] == []
