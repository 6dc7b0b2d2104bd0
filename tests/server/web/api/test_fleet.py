"""What runs everywhere."""

import pytest

from tests.server.web.api.program import Program


def test_apps(adas: Program) -> None:
    """Each project that runs, with who runs what and what it uses."""
    status, page = adas.ask("GET", "/apps")
    assert (status, page["next"]) == (200, None)
    (one,) = (each for each in page["items"] if each["name"] == "climate-atlas")
    assert (one["owner"], one["problem"]) == ("ada", None)
    told = {(use["app"], use["user"]) for use in one["apps"]}
    assert ("terminal", "bob") in told
    assert adas.ask("GET", "/apps?owner=eve")[1]["items"] == []


def test_page_by_page(adas: Program) -> None:
    """A page is of projects; the next begins after the last of them."""
    every = [one["id"] for one in adas.ask("GET", "/apps")[1]["items"]]
    first = adas.ask("GET", "/apps?limit=1")[1]
    assert [one["id"] for one in first["items"]] == every[:1]
    rest = adas.ask("GET", f"/apps?cursor={first['next']}")[1] if every[1:] else first
    assert [one["id"] for one in rest["items"]] == (every[1:] or every[:1])


def test_stop(adas: Program) -> None:
    """Anybody's app, by the project's id and its own; what does not run is 404."""
    (one,) = (
        each
        for each in adas.ask("GET", "/apps")[1]["items"]
        if each["name"] == "climate-atlas"
    )
    assert adas.ask("DELETE", f"/apps/{one['id']}/terminal-bob")[0] == 204
    assert adas.ask("DELETE", f"/apps/{one['id']}/none")[0] == 404
    assert adas.ask("DELETE", "/apps/none/terminal-bob")[0] == 404


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/apps"), ("DELETE", "/apps/a/b")]
)
def test_others_may_not(bobs: Program, nobody: Program, method: str, path: str) -> None:
    """A person gets 403, nobody 401."""
    assert bobs.ask(method, path)[0] == 403
    assert nobody.ask(method, path)[0] == 401
