"""``…/apps`` and ``…/usage``."""

from tests.server.furnished import GATEWAY, World
from tests.server.web.api.program import Program

ATLAS = "/projects/ada/climate-atlas"


def test_apps_and_whether_they_run(adas: Program, nobody: Program) -> None:
    """One's own instance counts; a visitor sees only what is for readers."""
    apps = {one["name"]: one for one in adas.ask("GET", f"{ATLAS}/apps")[1]["items"]}
    assert apps["jupyterlab"]["state"] == "running"
    assert apps["jupyterlab"]["url"] == f"{GATEWAY}/ada/climate-atlas/jupyterlab/"
    assert apps["terminal"]["state"] == "stopped"
    visible = nobody.ask("GET", f"{ATLAS}/apps")[1]["items"]
    assert [one["name"] for one in visible] == ["files", "viewer"]
    assert [one["hidden"] for one in visible] == [True, False]
    assert adas.ask("GET", f"{ATLAS}/apps/jupyterlab")[1] == apps["jupyterlab"]
    assert adas.ask("GET", f"{ATLAS}/apps/nothing")[0] == 404


def test_opening_starts_the_project(bobs: Program, nobody: Program) -> None:
    """The answer says where the app will be, and the project starts."""
    path = "/projects/bob/secret"
    status, opened = bobs.ask("POST", f"{path}/apps/terminal")
    assert (status, opened["state"]) == (202, "starting")
    assert opened["url"] == f"{GATEWAY}/bob/secret/terminal/"
    assert bobs.ask("GET", path)[1]["state"] == "starting"
    assert bobs.ask("POST", f"{path}/apps/nothing")[0] == 404
    assert nobody.ask("POST", f"{ATLAS}/apps/terminal")[0] == 401


def test_an_app_is_stopped(adas: Program, bobs: Program) -> None:
    """One's own by name; none at all is said."""
    assert adas.ask("DELETE", f"{ATLAS}/apps/jupyterlab")[0] == 204
    assert adas.ask("DELETE", f"{ATLAS}/apps/notebook")[0] == 404
    assert bobs.ask("DELETE", "/projects/ada/scratch/apps/terminal")[0] == 404


def test_usage(adas: Program, world: World) -> None:
    """Bytes, percent and processes; a silent node is 503, in words."""
    status, usage = adas.ask("GET", f"{ATLAS}/usage")
    assert (status, usage["processes"]) == (200, 9)
    world.nodes.silent = True
    status, answer = adas.ask("GET", f"{ATLAS}/usage")
    assert (status, answer["error"]["code"]) == (503, "unavailable")
