"""Real accounts: a team on the same files, each process as its own user.

By the platform as `MULTIUSER=1 make run` brings it up; people's accounts are made and
removed here.
"""

import pwd
import stat
import time
from collections.abc import Iterator
from functools import partial

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.frames import Close
from websockets.sync.client import ClientConnection, connect

from tests.asking import Answer
from tests.installed import Installed
from tests.projects import FIRST_START, Person, Project, new_project
from tests.real_accounts import (
    NEEDS_ROOT,
    as_account,
    home,
    new_accounts,
    processes_of,
    put_in,
    reads,
    shell,
    with_shell,
)
from tests.waiting import until

pytestmark = NEEDS_ROOT
OUT_WITHIN = 4.0
"""Seconds: two, and as many for a busy machine."""


@pytest.fixture(scope="module")
def real() -> Iterator[Installed]:
    """Give the platform with real accounts, and an app that runs commands."""
    yield from with_shell("accounts")


@pytest.fixture(scope="module")
def people(real: Installed) -> Iterator[list[Person]]:
    """Give owner, member, viewer and an outsider."""
    with new_accounts(real, "own", "mem", "view", "out") as made:
        yield made


@pytest.fixture(scope="module")
def lab(real: Installed, people: list[Person]) -> Project:
    """Give a project that has been started."""
    made = new_project(real, "team", people[0])
    made.start(FIRST_START)
    return made


@pytest.fixture
def team(real: Installed, people: list[Person], lab: Project) -> Project:
    """Give the project as each test finds it: it runs, with a member and a viewer.

    Whatever tests before have done to it is made good. The file ``by-owner`` has one
    line.
    """
    owner, member, viewer, _ = people
    if lab.now()["state"] != "running":
        lab.start()
    shell(real, lab, owner, "echo one > by-owner")
    there = {one["user"] for one in lab.now()["team"]}
    for person, role in ((member, "member"), (viewer, "viewer")):
        if person.name not in there:
            put_in(lab, person, role)
        file = home(real, lab) / "by-owner"
        until(partial(reads, person, file), f"{person.name} may read", 10)
    return lab


def test_the_services_account_has_no_projects(
    real: Installed, people: list[Person]
) -> None:
    """It may not own, join or start one, and is told why."""
    answer = real.api().post("/api/v1/projects", {"name": "mine"})
    assert answer.status in (403, 409, 422), answer.text
    assert "runs the platform" in answer.json["error"]["message"]
    project = new_project(real, "without", people[0])
    answer = project.api.ask("PUT", f"{project.path}/team/wakari", {"role": "member"})
    assert answer.status in (403, 409, 422), answer.text
    assert "runs the platform" in answer.json["error"]["message"]


def test_the_projects_directory(real: Installed, team: Project) -> None:
    """It is its owner's, its parents are not, and nobody else can list it."""
    place = home(real, team)
    about, above = place.stat(), place.parent.stat()
    account = pwd.getpwnam(team.owner)
    assert (about.st_uid, about.st_gid) == (account.pw_uid, account.pw_gid)
    assert stat.S_IMODE(about.st_mode) == 0o2771
    assert above.st_uid == 0
    assert not above.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def test_everybody_is_themselves(
    real: Installed, team: Project, people: list[Person]
) -> None:
    """Processes run as who opened them, in the project, with their own home."""
    for person in people[:2]:
        account = pwd.getpwnam(person.name)
        said = shell(real, team, person, "id -u; pwd; echo $HOME; umask").split()
        expected = [str(account.pw_uid), str(home(real, team)), account.pw_dir]
        assert said[:3] == expected
        assert int(said[3], 8) == 0o007


def test_who_may_what(real: Installed, team: Project, people: list[Person]) -> None:
    """Owner and member write each other's files, a viewer reads, others nothing."""
    owner, member, viewer, _ = people
    outsider = Person("nobody", "", "")  # an account that has to do with nothing here
    place = home(real, team)
    shell(real, team, member, "mkdir -p notes; echo two > notes/by-member")
    assert shell(real, team, member, "echo more >> by-owner; cat by-owner") == (
        "one\nmore\n"
    )
    shell(real, team, owner, "echo more >> notes/by-member")
    file = str(place / "notes/by-member")
    looked = as_account(viewer, "cat", file)
    assert looked.stdout == "two\nmore\n", looked.stderr
    assert as_account(viewer, "sh", "-c", f"echo x >> {file}").returncode != 0
    assert as_account(viewer, "touch", str(place / "new")).returncode != 0
    assert as_account(outsider, "cat", file).returncode != 0
    assert as_account(outsider, "ls", str(place)).returncode != 0
    assert as_account(outsider, "ls", str(place / "public")).returncode == 0


def test_a_viewer_opens_no_shell(
    real: Installed, team: Project, people: list[Person]
) -> None:
    """Apps that write are for those who may."""
    path = f"/{team.owner}/{team.name}/shell/"
    assert real.apps(people[2].token).get(path).status == 403


def files(
    real: Installed,
    team: Project,
    person: Person,
    method: str,
    path: str,
    body: object = None,
) -> Answer:
    """Return what somebody's files app answers, which may have to be started first."""
    client = real.apps(person.token)
    address = f"/{team.owner}/{team.name}/files{path}"

    def answer() -> Answer | None:
        found = client.ask(method, address, body)
        return None if found.status == 503 else found

    return until(answer, f"{person.name}'s files app answers")


def test_files_by_http(real: Installed, team: Project, people: list[Person]) -> None:
    """What a member sends is everybody's; who is outside gets nothing."""
    owner, member, viewer, outsider = people

    def ask(person: Person, method: str, path: str, body: bytes | None = None) -> int:
        return files(real, team, person, method, path, body).status

    assert ask(member, "PUT", "/sent/") == 201
    assert ask(member, "PUT", "/sent/file", b"by a member") == 201
    place = home(real, team) / "sent/file"
    assert place.stat().st_uid == pwd.getpwnam(member.name).pw_uid
    for person in (owner, member):
        said = as_account(person, "sh", "-c", f"echo more >> {place}")
        assert said.returncode == 0, said.stderr
    assert as_account(viewer, "cat", str(place)).stdout.startswith("by a member")
    assert as_account(viewer, "sh", "-c", f"echo no >> {place}").returncode != 0
    assert ask(owner, "PUT", "/sent/file", b"by the owner") == 200
    assert as_account(member, "sh", "-c", f"echo more >> {place}").returncode == 0
    assert ask(viewer, "GET", "/sent/file") == 200
    assert ask(viewer, "PUT", "/sent/file", b"no") == 403
    assert ask(outsider, "GET", "/sent/file") == 404
    as_account(owner, "chmod", "600", str(place))
    assert ask(owner, "GET", "/sent/file") == 200
    assert ask(member, "GET", "/sent/file") == 403


def test_rights_and_trash_by_http(
    real: Installed, team: Project, people: list[Person]
) -> None:
    """A member says who may, a viewer sees it and changes nothing."""
    owner, member, viewer, outsider = people

    def ask(person: Person, method: str, path: str, body: object = None) -> Answer:
        return files(real, team, person, method, path, body)

    assert ask(member, "PUT", "/mine.txt", b"by a member").status == 201
    wishes = {"people": [{"name": viewer.name, "read": True}]}
    said = ask(member, "PUT", "/mine.txt?rights=1", wishes)
    assert said.status == 200, said.text
    assert said.json["team"] == sorted(one.name for one in people[:3])
    may = {"read": True, "write": False, "run": False}
    assert said.json["people"] == [{"name": viewer.name, **may}]
    place = home(real, team) / "mine.txt"
    assert [reads(one, place) for one in people] == [False, True, True, False]
    seen = ask(viewer, "GET", "/mine.txt?rights=1")
    assert (seen.json["owner"], seen.json["mine"]) == (member.name, False)
    assert seen.json["people"] == said.json["people"]
    assert ask(owner, "PUT", "/mine.txt?rights=1", b"{}").status == 403
    for method, path in (
        ("PUT", "/mine.txt?rights=1"), ("DELETE", "/mine.txt?trash=1"),
        ("POST", "/mine.txt?copy=x"), ("DELETE", "/.aen-app/trash"),
    ):  # fmt: skip
        assert ask(viewer, method, path, b"{}").status == 403
        assert ask(outsider, method, path, b"{}").status == 404
    assert ask(owner, "POST", "/by-owner?copy=copied").json == {"path": "copied"}
    item = ask(member, "DELETE", "/copied?trash=1").json["id"]
    listed = ask(viewer, "GET", "/.aen-app/trash").json["items"]
    assert [(one["id"], one["by"]) for one in listed] == [(item, member.name)]
    assert ask(viewer, "POST", f"/.aen-app/trash/{item}").status == 403
    back = ask(owner, "POST", f"/.aen-app/trash/{item}")
    assert back.json == {"path": "copied"}
    assert (home(real, team) / "copied").stat().st_uid == pwd.getpwnam(
        owner.name
    ).pw_uid
    hits = ask(viewer, "GET", "/?search=by-owner").json["items"]
    assert [one["path"] for one in hits] == ["by-owner"]


def test_own_rights_survive_a_start(
    real: Installed, team: Project, people: list[Person]
) -> None:
    """What people set themselves stays at later starts, and goes when asked."""
    owner, member, *_ = people
    file = home(real, team) / "mine-alone"
    shell(real, team, owner, "echo secret > mine-alone; chmod 600 mine-alone")
    assert as_account(member, "cat", str(file)).returncode != 0
    team.api.post(f"{team.path}/stop")
    team.wait("stopped")
    assert not processes_of(owner)
    team.start()
    assert as_account(member, "cat", str(file)).returncode != 0
    team.api.post(f"{team.path}/reset")
    until(lambda: as_account(member, "cat", str(file)).stdout == "secret\n", "reset")
    team.wait("running")


def test_apps_outlive_the_node(
    real: Installed, team: Project, people: list[Person]
) -> None:
    """A killed node adopts processes of other accounts, and can still end them."""
    member = people[1]
    before = shell(real, team, member, "echo $PPID")
    real.kill("compute")
    until(real.is_ready, "all is well again")
    assert shell(real, team, member, "echo $PPID") == before


def test_sockets_of_who_left_are_closed(
    real: Installed, team: Project, people: list[Person]
) -> None:
    """With the code of a policy and a reason, as the gateway learns of it."""
    owner, member = people[:2]
    path = f"/{team.owner}/{team.name}/terminal/"
    staying, leaving = (terminal(real, team, one) for one in (owner, member))
    with staying, leaving:
        answer = team.api.ask("DELETE", f"{team.path}/team/{member.name}")
        assert answer.status in (200, 204), answer.text
        began = time.monotonic()
        said = end_of(leaving)
        assert time.monotonic() - began < OUT_WITHIN
        assert said.code == 1008
        assert said.reason
        assert real.apps(member.token).get(path).status in (403, 404)
        assert staying.ping().wait(10)


def end_of(channel: ClientConnection) -> Close:
    """Return how the other end closes a channel; what it says before is passed over."""
    found: ConnectionClosed | None = None
    while found is None:
        try:
            channel.recv(timeout=10)
        except ConnectionClosed as closed:
            found = closed
    assert found.rcvd is not None, found
    return found.rcvd


def terminal(real: Installed, project: Project, person: Person) -> ClientConnection:
    """Open somebody's terminal by its WebSocket."""
    client, path = real.apps(person.token), f"/{project.owner}/{project.name}/terminal/"
    until(lambda: client.get(path).status == 200, f"{person.name}'s terminal is up")
    return connect(
        f"{client.url.replace('http://', 'ws://', 1)}{path}socket",
        additional_headers=dict(client.headers),
        proxy=None,
    )


def test_out_within_two_seconds(
    real: Installed, team: Project, people: list[Person]
) -> None:
    """Who is taken off a team is out: files, processes, addresses."""
    member = people[1]
    file = str(home(real, team) / "by-owner")
    shell(real, team, member, "(sleep 600 & setsid sleep 601 &) > /dev/null 2>&1")
    assert as_account(member, "cat", file).returncode == 0
    assert len(processes_of(member)) > 2
    answer = team.api.ask("DELETE", f"{team.path}/team/{member.name}")
    assert answer.status in (200, 204), answer.text
    began = time.monotonic()
    until(lambda: as_account(member, "cat", file).returncode, "files are closed", 10)
    until(lambda: not processes_of(member), "processes have ended", 10)
    path = f"/{team.owner}/{team.name}/shell/"
    client = real.apps(member.token)
    until(lambda: client.get(path).status in (403, 404), "the address is closed", 10)
    assert time.monotonic() - began < OUT_WITHIN


def test_a_stopped_project_follows_its_team_too(
    real: Installed, team: Project, people: list[Person]
) -> None:
    """Who is taken off while nothing runs cannot read the files either."""
    viewer = people[2]
    file = str(home(real, team) / "by-owner")
    team.api.post(f"{team.path}/stop")
    team.wait("stopped")
    assert as_account(viewer, "cat", file).returncode == 0
    answer = team.api.ask("DELETE", f"{team.path}/team/{viewer.name}")
    assert answer.status in (200, 204), answer.text
    until(lambda: as_account(viewer, "cat", file).returncode, "files are closed", 5)
