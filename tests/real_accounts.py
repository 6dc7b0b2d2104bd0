"""People with accounts of this machine, and what they do in projects, for tests."""

import os
import pwd
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import psutil
import pytest

from tests.asking import Answer
from tests.installed import Installed, brought_up
from tests.projects import Person, Project, new_person
from tests.socket_apps import add_app, socket_app
from tests.waiting import until

NEEDS_ROOT = [
    pytest.mark.system,
    pytest.mark.root,
    pytest.mark.skipif(os.geteuid() != 0, reason="makes OS accounts: needs root"),
]
"""The marks of tests in which people have accounts of this machine."""

_SHELL = """\
import subprocess, urllib.parse

def answer(request):
    command = urllib.parse.unquote(request.path.partition("?")[2])
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True)
    return done.stdout + done.stderr
"""
PROGRAM = "/usr/bin/python3"
"""What runs an app here: a Python that every account may start."""


def with_shell(name: str) -> Iterator[Installed]:
    """Give the platform with real accounts, and an app that runs commands.

    :param name: under which its logs are kept.
    """
    with contextmanager(brought_up)(name, multiuser=True) as made:
        add_app(made, "shell", [PROGRAM, "-c", socket_app(_SHELL), "%(socket)s"])
        yield made


@contextmanager
def new_accounts(real: Installed, *words: str) -> Iterator[list[Person]]:
    """Give people; their accounts of this machine go afterwards.

    Another run of the tests on this machine has others.
    """
    made = [new_person(real, f"aent{os.getpid()}{word}") for word in words]
    try:
        yield made
    finally:
        remove_accounts(*(one.name for one in made))


def remove_accounts(*names: str) -> None:
    """Remove accounts of this machine with their homes, those that are there."""
    for name in names:
        command = ("userdel", "--remove", "--force", name)
        subprocess.run(command, capture_output=True, check=False)


def put_in(project: Project, person: Person, role: str) -> None:
    """Give somebody a place in the team."""
    answer = project.api.ask(
        "PUT", f"{project.path}/team/{person.name}", {"role": role}
    )
    assert answer.status in (200, 201, 204), answer.text


def reads(person: Person, file: Path) -> bool:
    """Tell whether somebody's account can read a file."""
    return as_account(person, "cat", str(file)).returncode == 0


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
