"""``…/resources`` and ``…/apps/{app}/log``."""

from aen.wire.messages import Log
from tests.server.furnished import World
from tests.server.web.api.program import Program, token_of

ATLAS = "/projects/ada/climate-atlas"


def test_resources(adas: Program, world: World) -> None:
    """What is used, what may be, who runs what; never where an app listens."""
    status, found = adas.ask("GET", f"{ATLAS}/resources")
    assert (status, found["node"], found["limits_by"]) == (200, "node1", "cgroup v2")
    assert found["usage"]["processes"] == 9
    lab, terminal = found["apps"]
    assert (lab["user"], lab["memory"], terminal["user"]) == ("ada", 524_288_000, "bob")
    assert terminal["idle_until"] is None
    assert lab["last_use"].endswith("Z")
    assert "socket" not in lab
    assert [one["name"] for one in found["environments"]] == ["default", "gpu"]
    world.nodes.silent = True
    assert adas.ask("GET", f"{ATLAS}/resources")[0] == 503


def test_viewers_do_not_see_who_runs_what(nobody: Program, world: World) -> None:
    """They see the rest."""
    eves = Program(nobody.browser, token_of(world.rooms, "eve"))
    status, found = eves.ask("GET", f"{ATLAS}/resources")
    assert (status, found["apps"]) == (200, [])
    assert nobody.ask("GET", f"{ATLAS}/resources")[0] == 401


def test_a_project_never_started(adas: Program) -> None:
    """It has no node to be asked, and that is said."""
    status, answer = adas.ask("GET", "/projects/ada/scratch/resources")
    assert (status, answer["error"]["code"]) == (503, "unavailable")


def test_log(adas: Program, bobs: Program, world: World) -> None:
    """One's own by name; another's by id, for those who look after the team."""
    world.nodes.answers[Log] = Log(("Serving", "Done"))
    log = adas.ask("GET", f"{ATLAS}/apps/jupyterlab/log")
    assert log == (200, {"lines": ["Serving", "Done"]})
    assert adas.ask("GET", f"{ATLAS}/apps/terminal-bob/log")[0] == 200
    assert bobs.ask("GET", f"{ATLAS}/apps/jupyterlab-ada/log")[0] == 403
    assert bobs.ask("GET", f"{ATLAS}/apps/nothing/log")[0] == 404
