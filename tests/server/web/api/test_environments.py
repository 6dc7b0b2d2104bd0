"""``…/environments``."""

from typing import Any

import pytest
from twisted.internet.defer import Deferred

from aen.wire.environments import EnvironmentFile, FoundPackage, FoundPackages
from tests.outcomes import now
from tests.server.furnished import World, task_of
from tests.server.web.api.program import Program, token_of

ATLAS = "/projects/ada/climate-atlas"
ALL = f"{ATLAS}/environments"


def test_environments(adas: Program) -> None:
    """All of them, or the one that is named."""
    listed, other = adas.ask("GET", ALL)[1]["items"]
    assert (listed["name"], listed["python"], listed["active"]) == (
        "default", "3.11.2", True,
    )  # fmt: skip
    assert other["name"] == "gpu"
    assert adas.ask("GET", f"{ALL}/default")[1] == listed
    assert adas.ask("GET", f"{ALL}/nothing")[0] == 404


@pytest.mark.parametrize(
    ("method", "path", "body", "verbs"),
    [
        ("POST", "", {"name": "new"}, ["create"]),
        ("POST", "", {"name": "new", "source": "gpu"}, ["clone"]),
        ("POST", "", {"name": "new", "packages": ["numpy"]}, ["create"]),
        ("PATCH", "/gpu", {"install": ["a"], "remove": ["b"]}, ["remove", "install"]),
        ("PATCH", "/gpu", {"update": ["a"], "active": True}, ["update", "activate"]),
        ("DELETE", "/gpu", None, ["delete"]),
    ],
)
def test_changes_are_tasks(
    bobs: Program, world: World, method: str, path: str, body: Any, verbs: list[str]
) -> None:
    """Each answers 202 with its task, which the one who asked may follow."""
    status, task = bobs.ask(method, ALL + path, body)
    assert (status, task["kind"], task["by"]) == (202, "change environment", "bob")
    assert bobs.ask("GET", f"/tasks/{task['id']}") == (200, task)
    asked = now(Deferred.fromCoroutine(task_of(world.rooms, task["id"])))
    assert [one["verb"] for one in asked.arguments["steps"]] == verbs


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "", {"name": "../x"}, 400),
        ("POST", "", {"name": "x", "unknown": 1}, 400),
        ("PATCH", "/gpu", {}, 400),
        ("PATCH", "/gpu", {"install": ["-r x"]}, 400),
        ("DELETE", "/default", None, 409),
    ],
)
def test_refusals(
    adas: Program, method: str, path: str, body: Any, status: int
) -> None:
    """In words, with the right status."""
    answered, content = adas.ask(method, ALL + path, body)
    assert answered == status
    assert content["error"]["message"]


def test_viewers_only_look(nobody: Program, world: World) -> None:
    """They see and export what is there."""
    eves = Program(nobody.browser, token_of(world.rooms, "eve"))
    assert eves.ask("GET", ALL)[0] == 200
    assert eves.ask("POST", ALL, {"name": "new"})[0] == 403
    assert eves.ask("GET", f"{ALL}/default/search?q=num")[0] == 403
    assert nobody.ask("GET", ALL)[0] == 401


def test_export(adas: Program, world: World) -> None:
    """A text file with a name."""
    world.nodes.answers[EnvironmentFile] = EnvironmentFile("requirements.txt", "a==1\n")
    answered = adas.raw("GET", f"{ALL}/default/export")
    assert (answered.status, answered.text) == (200, "a==1\n")
    assert answered.header("content-type") == "text/plain; charset=utf-8"
    assert answered.header("content-disposition").endswith('"requirements.txt"')
    assert adas.ask("GET", f"{ALL}/default/export?format=x")[0] == 400


def test_search(adas: Program, world: World) -> None:
    """What begins like that."""
    found = FoundPackage("numpy", ("2.1",), "Arrays")
    world.nodes.answers[FoundPackages] = FoundPackages((found,))
    (one,) = adas.ask("GET", f"{ALL}/default/search?q=num")[1]["items"]
    assert one == {"name": "numpy", "versions": ["2.1"], "summary": "Arrays"}
