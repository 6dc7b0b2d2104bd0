"""Renaming, giving away and guests, on a real platform with real accounts."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.installed import Installed
from tests.projects import FIRST_START, Person, Project, new_project
from tests.real_accounts import (
    NEEDS_ROOT,
    as_account,
    home,
    new_accounts,
    put_in,
    shell,
    with_shell,
)
from tests.waiting import until

pytestmark = NEEDS_ROOT


@pytest.fixture(scope="module")
def real() -> Iterator[Installed]:
    """Give the platform with real accounts, and an app that runs commands."""
    yield from with_shell("moves")


@pytest.fixture(scope="module")
def people(real: Installed) -> Iterator[list[Person]]:
    """Give an owner, a receiver and a member."""
    with new_accounts(real, "giv", "rec", "gue") as made:
        yield made


@pytest.fixture
def project(real: Installed, people: list[Person]) -> Project:
    """Give a project that runs, with a member and a file ``kept.txt``."""
    owner, _, member = people
    made = new_project(real, "move", owner)
    made.start(FIRST_START)
    put_in(made, member, "member")
    shell(real, made, owner, "echo kept > kept.txt")
    return made


def moved(
    real: Installed, made: Project, person: Person, what: str, then: str
) -> Project:
    """Return a project at its new path, once its files are there and it is *then*."""
    owner, _, name = what.partition("/")
    there = Project(real.api(person.token), owner, name)
    there.wait(then)
    until(home(real, there).is_dir, f"the files are at {what}")
    assert not home(real, made).exists()
    return there


def tool(old: Path) -> str:
    """Return a command that tells of its environment: if it runs, where, of *old*."""
    prefix = "envs/default/bin/python -c 'import sys; print(sys.prefix)'"
    return f"envs/default/bin/pip -qqq check; {prefix}; grep -rIlF {old}/envs envs"


def test_rename(real: Installed, people: list[Person], project: Project) -> None:
    """Its files follow, it runs again, and so do programs of its environment."""
    owner, new = people[0], f"{project.name}-renamed"
    answer = project.api.post(f"{project.path}/rename", {"name": new})
    assert answer.status == 202, answer.text
    there = moved(real, project, owner, f"{owner.name}/{new}", "running")
    assert project.now()["name"] == new
    told = shell(real, there, owner, tool(home(real, project)))
    assert told == f"{home(real, there)}/envs/default\n"
    assert shell(real, there, owner, "cat kept.txt") == "kept\n"
    old = real.apps(owner.token).get(f"/{owner.name}/{project.name}/shell/?true")
    assert old.status == 307
    assert f"/{owner.name}/{new}/shell/?true" in old.headers["location"]


def test_a_server_killed_on_the_way(
    real: Installed, people: list[Person], project: Project
) -> None:
    """The next one goes on where it was, and nothing is lost."""
    owner, new = people[0], f"{project.name}-again"
    assert project.api.post(f"{project.path}/rename", {"name": new}).status == 202
    real.kill("server")
    until(lambda: real.web.get("/healthz").status == 200, "the server is back", 60)
    there = moved(real, project, owner, f"{owner.name}/{new}", "running")
    told = shell(real, there, owner, tool(home(real, project)))
    assert told == f"{home(real, there)}/envs/default\n"


def test_transfer(real: Installed, people: list[Person], project: Project) -> None:
    """The files become the receiver's; who gave them away has no way in any more."""
    giver, receiver, member = people
    assert as_account(giver, "ls", str(home(real, project))).returncode == 0
    wanted = {"owner": receiver.name}
    answer = project.api.post(f"{project.path}/transfer", wanted)
    assert answer.status == 202, answer.text
    there = moved(real, project, receiver, f"{receiver.name}/{project.name}", "stopped")
    place = home(real, there)
    assert as_account(receiver, "cat", str(place / "kept.txt")).stdout == "kept\n"
    assert as_account(member, "cat", str(place / "kept.txt")).stdout == "kept\n"
    refused = as_account(giver, "cat", str(place / "kept.txt"))
    assert "Permission denied" in refused.stderr
    assert place.owner() == (place / "kept.txt").owner() == receiver.name
    assert project.api.get(there.path).status == 404
    there.start()
    told = shell(real, there, receiver, tool(home(real, project)))
    assert told == f"{place}/envs/default\n"
    assert shell(real, there, member, "id -un").strip() == member.name


def test_duplicate(real: Installed, people: list[Person], project: Project) -> None:
    """A member's copy is theirs, with environments that run, without what is hidden."""
    owner, _, member = people
    shell(real, project, owner, "echo s > hidden; chmod 600 hidden")
    copy = Project(real.api(member.token), member.name, f"{project.name}-copy")
    answer = copy.api.post(f"{project.path}/duplicate", {"name": copy.name})
    assert answer.status == 202, answer.text
    copy.wait("stopped")
    copy.start()
    told = shell(real, copy, member, tool(home(real, project)))
    assert told == f"{home(real, copy)}/envs/default\n"
    assert shell(real, copy, member, "cat kept.txt") == "kept\n"
    assert "No such file" in shell(real, copy, member, "ls hidden")
    kept = home(real, copy) / "kept.txt"
    assert kept.owner() == member.name
    assert as_account(owner, "cat", str(kept)).returncode != 0


def test_a_guests_end(real: Installed, people: list[Person], project: Project) -> None:
    """At that moment apps are closed to them, soon after the files are, too."""
    guest = people[2]
    end = time.time() + 6  # noqa: TID251 -- the platform's own clock
    until_then = datetime.fromtimestamp(end, UTC).isoformat()
    body = {"role": "member", "until": until_then}
    answer = project.api.ask("PUT", f"{project.path}/team/{guest.name}", body)
    assert answer.status == 200, answer.text
    assert shell(real, project, guest, "echo in") == "in\n"
    client = real.apps(guest.token)
    address = f"/{project.owner}/{project.name}/shell/?true"
    until(lambda: client.get(address).status in (403, 404), "the guest is out", 15)
    assert time.time() < end + 3  # noqa: TID251 -- the platform's own clock
    assert real.api(guest.token).get(project.path).status == 404
    kept = str(home(real, project) / "kept.txt")
    until(lambda: as_account(guest, "cat", kept).returncode != 0, "files are shut", 30)
    assert project.now()["team"] == []
