"""Visitors who have not signed in, with real accounts: what they reach, and as whom."""

import json
import os
import time
import urllib.error
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.installed import Installed, brought_up
from tests.projects import FIRST_START, Person, Project, new_project
from tests.real_accounts import (
    NEEDS_ROOT,
    PROGRAM,
    home,
    new_accounts,
    put_in,
    remove_accounts,
)
from tests.socket_apps import add_app, socket_app
from tests.visitor import Visitor
from tests.waiting import until

pytestmark = NEEDS_ROOT
ANYBODY = f"aenvisit{os.getpid()}"
LOOK = socket_app("""\
import json, os, pwd

def tried(what, *arguments):
    try:
        return what(*arguments)
    except OSError as error:
        return type(error).__name__

def read(path):
    with open(path) as file:
        return file.read()

def answer(request):
    home = os.environ["PROJECT_HOME"]
    user = pwd.getpwuid(os.geteuid()).pw_name
    return json.dumps(
        {
            "user": user,
            "token": os.environ.get("AEN_TOKEN", ""),
            "files": tried(os.listdir, home),
            "public": tried(read, home + "/public/hello.txt"),
            "write": tried(os.mkdir, home + "/public/" + user),
            "cookie": request.headers.get("Cookie", ""),
        }
    ).encode()
""")


@pytest.fixture(scope="module")
def real() -> Iterator[Installed]:
    """Give a platform with real accounts that lets visitors in, and three apps."""
    with contextmanager(brought_up)("visitors", multiuser=True) as made:
        for path in (made.one.server_settings, made.one.compute_settings):
            content = json.loads(path.read_text())
            path.write_text(json.dumps({**content, "ANON_USER": ANYBODY}))
        made.control("restart", "server")
        command = [PROGRAM, "-c", LOOK, "%(socket)s"]
        add_app(made, "look", command, permission="read")
        add_app(made, "board", command, permission="read", instance="project")
        add_app(made, "work", command, permission="write")
        made.wait_ready()
        yield made
        remove_accounts(ANYBODY)


@pytest.fixture(scope="module")
def owner(real: Installed) -> Iterator[Person]:
    """Give the owner of the projects."""
    with new_accounts(real, "vown") as (made,):
        yield made


@pytest.fixture(scope="module")
def project(real: Installed, owner: Person) -> Project:
    """Give a public project that runs, with something in its public folder."""
    made = shown(real, owner, "show")
    (home(real, made) / "public/hello.txt").write_text("hello")
    made.launch("work")
    return made


def shown(real: Installed, owner: Person, name: str) -> Project:
    """Return a new public project that runs."""
    made = new_project(real, name, owner)
    made.start(FIRST_START)
    answer = made.api.ask("PATCH", made.path, {"visibility": "public"})
    assert answer.status == 200, answer.text
    return made


def seen(visitor: Visitor, project: Project, app: str) -> Any:
    """Return what an app tells a visitor; None: they are to sign in."""
    where, page = arrived(visitor, project, f"{app}/")
    return None if "/login?" in where else json.loads(page)


def arrived(visitor: Visitor, project: Project, rest: str) -> tuple[str, str]:
    """Return where an address of an app leads once that runs, and the page there."""
    base = visitor.platform.one.gateway_url

    def there() -> tuple[str, str] | None:
        where, page = visitor.open(f"{base}/{project.owner}/{project.name}/{rest}")
        return None if "/_aen/wait/" in page else (where, page)

    return until(there, f"{rest} is open", 60)


def test_as_the_account_of_visitors(real: Installed, project: Project) -> None:
    """It reads what anybody may, writes nothing, and knows no secret of ours."""
    told = seen(Visitor(real), project, "look")
    assert told == {
        "user": ANYBODY,
        "token": "",
        "files": "PermissionError",
        "public": "hello",
        "write": "PermissionError",
        "cookie": "",
    }


def test_what_the_team_shows(real: Installed, project: Project, owner: Person) -> None:
    """An app that the team shares runs as the owner, whoever comes first."""
    assert seen(Visitor(real), project, "board")["user"] == owner.name


def test_the_viewer(real: Installed, project: Project, owner: Person) -> None:
    """It shows visitors what anybody may read, and says as whom it was tried else."""
    folder = home(real, project)
    cells = [{"cell_type": "markdown", "metadata": {}, "source": "# Tides\n\n$x^2$"}]
    book = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    (folder / "public/Tides.ipynb").write_text(json.dumps(book))
    visitor = Visitor(real)
    _, text = arrived(visitor, project, "viewer/view/public/Tides.ipynb")
    assert '<h2 id="Tides">' in text
    assert "<msup>" in text
    with pytest.raises(urllib.error.HTTPError) as closed:
        visitor.open(f"{real.one.gateway_url}/{owner.name}/{project.name}/viewer/view/")
    assert closed.value.code == 403
    told = closed.value.read().decode()
    assert f"account <b>{ANYBODY}</b>" in told
    assert f'href="/{owner.name}/{project.name}/viewer/view/public/"' in told


def test_readers_of_the_team(real: Installed, owner: Person) -> None:
    """A viewer of a private project looks at its files, and changes nothing."""
    made = new_project(real, "read", owner)
    with new_accounts(real, "vread") as (reader,):
        put_in(made, reader, "viewer")
        made.start(FIRST_START)
        (home(real, made) / "notes.md").write_text("# Notes")
        gate = real.apps(reader.token)
        place = f"/{owner.name}/{made.name}/viewer/view/notes.md"
        until(lambda: gate.get(place).status == 200, "the Viewer is open", 60)
        assert '<h2 id="Notes">' in gate.get(place).text
        assert gate.ask("DELETE", place).status in (403, 405)
        assert (home(real, made) / "notes.md").exists()


def test_nothing_else(real: Installed, project: Project, owner: Person) -> None:
    """What writes, what is private, what is not there: each leads to signing in."""
    private = new_project(real, "closed", owner)
    visitor = Visitor(real)
    assert seen(visitor, project, "look") is not None
    assert seen(visitor, project, "work") is None
    assert seen(visitor, private, "look") is None
    assert seen(visitor, Project(private.api, owner.name, "none"), "look") is None
    asked = real.gate.get(f"/{project.owner}/{project.name}/look/")
    assert (asked.status, asked.json["error"]["code"]) == (401, "unauthenticated")


def test_who_signs_in_is_themselves(
    real: Installed, project: Project, owner: Person
) -> None:
    """Also where visitors could come in."""
    browser = Visitor(real)
    browser.sign_in(owner.name, owner.password)
    told = seen(browser, project, "look")
    assert (told["user"], bool(told["token"])) == (owner.name, True)


def test_the_account_is_nobodys(real: Installed, project: Project) -> None:
    """It is not made, put into no team, and owns nothing."""
    body = {"username": ANYBODY, "password": "a long enough password"}
    assert real.api().post("/api/v1/users", body).status == 400
    team = f"{project.path}/team/{ANYBODY}"
    assert project.api.ask("PUT", team, {"role": "viewer"}).status == 400
    new = {"name": "theirs", "owner": ANYBODY}
    assert real.api().post("/api/v1/projects", new).status == 400


def test_private_again(real: Installed, owner: Person) -> None:
    """Visitors are out at once."""
    project, visitor = shown(real, owner, "once"), Visitor(real)
    assert seen(visitor, project, "look") is not None
    began = time.monotonic()
    answer = project.api.ask("PATCH", project.path, {"visibility": "private"})
    assert answer.status == 200
    until(lambda: seen(visitor, project, "look") is None, "visitors are out", 10)
    assert time.monotonic() - began < 5
