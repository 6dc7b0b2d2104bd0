"""What tests do with projects of a running platform, by the public API alone."""

import itertools
import secrets
from typing import Any

from attrs import frozen

from aen.local.installation import ADMINISTRATOR
from tests.asking import Client
from tests.installed import WORKER, Installed
from tests.waiting import until

FIRST_START = 400.0
"""Seconds a first start may take: it builds the template of environments."""
START = 60.0

_numbers = itertools.count(10_000 * WORKER + 1)


def new_name(word: str) -> str:
    """Return a name no other test uses, here or in another process of this run."""
    return f"{word}{next(_numbers)}"


@frozen
class Person:
    """An account made for a test, with a token."""

    name: str
    password: str
    token: str


def new_person(platform: Installed, word: str = "ada") -> Person:
    """Make an account and a token for it, as an administrator would."""
    name, password = new_name(word), secrets.token_urlsafe(12)
    answer = platform.api().post(
        "/api/v1/users", {"username": name, "password": password}
    )
    assert answer.status == 201, answer.text
    said = platform.admin("add-token", name, "--note", "tests")
    return Person(name, password, said.split()[-1])


@frozen
class Project:
    """A project somebody has made."""

    api: Client
    owner: str
    name: str

    @property
    def path(self) -> str:
        """Where the API has it."""
        return f"/api/v1/projects/{self.owner}/{self.name}"

    def now(self) -> Any:
        """Return the project as the API shows it."""
        answer = self.api.get(self.path)
        assert answer.status == 200, answer.text
        return answer.json

    def start(self, seconds: float = START) -> None:
        """Start it and wait until it runs."""
        answer = self.api.post(f"{self.path}/start")
        assert answer.status == 202, answer.text
        self.wait("running", seconds)

    def wait(self, state: str, seconds: float = START) -> None:
        """Wait for a state, and no longer once it has failed."""

        def reached() -> bool:
            found = self.now()
            failed = found["state"] == "failed" and state != "failed"
            assert not failed, found["problem"]
            return bool(found["state"] == state)

        until(reached, f"{self.owner}/{self.name} is {state}", seconds)

    def launch(self, app: str, seconds: float = START) -> str:
        """Launch an app and return its address once it runs."""

        def running() -> str:
            answer = self.api.post(f"{self.path}/apps/{app}")
            if answer.status == 404:
                return ""  # the server has not heard of a manifest just added
            assert answer.status in (200, 201, 202), answer.text
            return str(answer.json["url"]) if answer.json["state"] == "running" else ""

        return until(running, f"{app} runs", seconds)


def new_project(
    platform: Installed, word: str = "study", person: Person | None = None
) -> Project:
    """Make a private project."""
    token = person.token if person else platform.token
    api = platform.api(token)
    made = Project(api, person.name if person else ADMINISTRATOR, new_name(word))
    answer = api.post("/api/v1/projects", {"name": made.name})
    assert answer.status == 201, answer.text
    return made
