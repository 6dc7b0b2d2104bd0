"""Real accounts: a team on the same files, each process as its own user.

By the platform as `MULTIUSER=1 make run` brings it up; people's accounts are made and
removed here.
"""

import json
import os
import pwd
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from urllib.parse import quote

import psutil
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.frames import Close
from websockets.sync.client import ClientConnection, connect

from tests.asking import Answer
from tests.installed import Installed, brought_up
from tests.projects import FIRST_START, Person, Project, new_person, new_project
from tests.waiting import until

pytestmark = [
    pytest.mark.system,
    pytest.mark.root,
    pytest.mark.skipif(os.geteuid() != 0, reason="makes OS accounts: needs root"),
]

SHELL_APP = """\
import http.server, os, socketserver, subprocess, sys, urllib.parse

class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        command = urllib.parse.unquote(self.path.partition("?")[2])
        done = subprocess.run(["/bin/sh", "-c", command], capture_output=True)
        body = done.stdout + done.stderr
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def address_string(self):
        return "-"

class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    pass

Server(sys.argv[1], Answer).serve_forever()
"""
PROGRAM = Path("/usr/bin/python3")
OUT_WITHIN = 3.0
"""Seconds: two, and one for a busy machine."""


@pytest.fixture(scope="module")
def real() -> Iterator[Installed]:
    """Give the platform with real accounts, and an app that runs commands."""
    up = brought_up("accounts", multiuser=True)
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
    """Give owner, member, viewer and an outsider; their accounts go afterwards."""
    made = [new_person(real, f"aent{word}") for word in ("own", "mem", "view", "out")]
    yield made
    for one in made:
        subprocess.run(
            ("userdel", "--remove", "--force", one.name),
            capture_output=True,
            check=False,
        )


@pytest.fixture(scope="module")
def team(real: Installed, people: list[Person]) -> Project:
    """Give a project that runs, with a member and a viewer."""
    owner, member, viewer, _ = people
    made = new_project(real, "team", owner)
    made.start(FIRST_START)
    for person, role in ((member, "member"), (viewer, "viewer")):
        put_in(made, person, role)
        until(partial(reads, real, made, person), f"{person.name} may read", 5)
    return made


def reads(real: Installed, project: Project, person: Person) -> bool:
    """Tell whether somebody's account can list the project's directory."""
    return as_account(person, "ls", str(home(real, project))).returncode == 0


def put_in(project: Project, person: Person, role: str) -> None:
    """Give somebody a place in the team."""
    answer = project.api.ask(
        "PUT", f"{project.path}/team/{person.name}", {"role": role}
    )
    assert answer.status in (200, 201, 204), answer.text


def shell(real: Installed, project: Project, person: Person, command: str) -> str:
    """Run a command in the project as somebody, by an app of theirs."""
    path = f"/{project.owner}/{project.name}/shell/?{quote(command)}"
    client = real.apps(person.token)

    def answered() -> Answer | None:
        answer = client.get(path)
        return answer if answer.status not in (404, 503) else None

    answer = until(answered, f"{person.name}'s shell answers")
    assert answer.status == 200, answer.text
    return answer.text


def as_account(person: Person, *command: str) -> "subprocess.CompletedProcess[str]":
    """Run a command as an account of this machine, past the platform."""
    return subprocess.run(
        ("runuser", "-u", person.name, "--", *command),
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
    )


def home(real: Installed, project: Project) -> Path:
    """Return where a project is on the disk."""
    return real.one.projects / project.owner / project.name


def processes_of(person: Person) -> list[int]:
    """Return what runs as somebody."""
    uid = pwd.getpwnam(person.name).pw_uid
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            ended = process.status() == psutil.STATUS_ZOMBIE
            if process.uids().effective == uid and not ended:
                found.append(process.pid)
    return found


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
    shell(real, team, owner, "echo one > by-owner")
    shell(real, team, member, "mkdir notes; echo two > notes/by-member")
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
        staying.ping().wait(10)
    put_in(team, member, "member")
    until(partial(reads, real, team, member), "the member is back", 10)


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
    print(f"\nout after {time.monotonic() - began:.1f} s")  # noqa: T201 -- of 2 s


def test_a_stopped_project_follows_its_team_too(
    real: Installed, team: Project, people: list[Person]
) -> None:
    """Who is taken off while nothing runs cannot read the files either."""
    viewer = people[2]
    file = str(home(real, team) / "by-owner")
    team.api.post(f"{team.path}/stop")
    team.wait("stopped")
    assert as_account(viewer, "cat", file).returncode == 0
    team.api.ask("DELETE", f"{team.path}/team/{viewer.name}")
    until(lambda: as_account(viewer, "cat", file).returncode, "files are closed", 5)
