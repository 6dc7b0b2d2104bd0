"""``/projects`` and what is below one."""

import pytest_twisted

from aen.server.events import project_topic
from aen.server.rooms import Rooms
from aen.server.web.live import LiveLimits
from tests.server.web.api.program import Program
from tests.server.web.browser import Browser
from tests.server.web.example import ATLAS
from tests.server.web.following import follow

KEYS = set(
    "owner name state visibility summary description tags team data_center nodes"
    " environment created updated progress problem".split()
)


def names(answer: dict[str, list[dict[str, str]]]) -> set[str]:
    """Return the paths in a list of projects."""
    return {f"{one['owner']}/{one['name']}" for one in answer["items"]}


def test_a_project_has_what_the_contract_says(adas: Program) -> None:
    """Every key is there."""
    status, found = adas.ask("GET", "/projects/ada/survival")
    assert status == 200
    assert set(found) >= KEYS
    assert found["state"] == "failed"
    assert found["problem"].startswith("The environment could not be made")
    assert found["problem_log"][-1] == "exit code 2"
    starting = adas.ask("GET", "/projects/ada/engine-notes")[1]
    assert set(starting["progress"]) == {"step", "done", "total"}


def test_everybody_sees_what_is_theirs(
    adas: Program, bobs: Program, nobody: Program
) -> None:
    """Visitors see what is public; strangers are not told of the rest."""
    assert names(nobody.ask("GET", "/projects")[1]) == {"ada/climate-atlas"}
    assert names(bobs.ask("GET", "/projects")[1]) == {
        "ada/climate-atlas", "bob/forecast", "bob/secret",
    }  # fmt: skip
    assert nobody.ask("GET", "/projects/bob/secret")[0] == 404
    assert bobs.ask("GET", "/projects/ada/scratch")[0] == 404
    assert names(adas.ask("GET", "/projects?q=gridded")[1]) == {"ada/climate-atlas"}
    assert names(adas.ask("GET", "/projects?tag=maps")[1]) == {"ada/climate-atlas"}
    assert names(bobs.ask("GET", "/projects?owner=bob&visibility=private")[1]) == {
        "bob/forecast", "bob/secret",
    }  # fmt: skip


def test_a_project_is_made(bobs: Program) -> None:
    """Private and stopped unless said; a name can be taken, or bad."""
    body = {"name": "new-one", "summary": "s", "tags": ["a"]}
    status, made = bobs.ask("POST", "/projects", body)
    assert status == 201
    assert (made["owner"], made["state"], made["visibility"]) == (
        "bob", "stopped", "private",
    )  # fmt: skip
    assert bobs.ask("POST", "/projects", body)[0] == 409
    assert bobs.ask("POST", "/projects", {"name": "NEW-one"})[0] == 409
    for bad in ("", "..", "x" * 300, "\u0430b", "settings"):
        status, answer = bobs.ask("POST", "/projects", {"name": bad})
        assert status == 400
        assert "name" in answer["error"]["fields"]
    assert bobs.ask("POST", "/projects", {"name": "x1", "owner": "eve"})[0] == 403


def test_a_project_changes(bobs: Program) -> None:
    """What is sent changes; the rest stays."""
    changed = bobs.ask("PATCH", "/projects/bob/secret", {"summary": "Less secret."})[1]
    assert (changed["summary"], changed["visibility"]) == ("Less secret.", "private")
    opened = bobs.ask("PATCH", "/projects/bob/secret", {"visibility": "public"})[1]
    assert opened["visibility"] == "public"
    assert bobs.ask("PATCH", "/projects/bob/secret", {"visibility": "x"})[0] == 400
    assert bobs.ask("PATCH", "/projects/ada/climate-atlas", {"visibility": "private"})[
        0
    ] == 403  # fmt: skip


def test_a_project_starts_once(bobs: Program) -> None:
    """Asked twice, it is one task; the answer is 202 with it."""
    status, first = bobs.ask("POST", "/projects/bob/secret/start")
    assert (status, first["kind"], first["state"]) == (202, "start project", "queued")
    again = bobs.ask("POST", "/projects/bob/secret/start")[1]
    assert again["id"] == first["id"]
    assert bobs.ask("GET", "/projects/bob/secret")[1]["state"] == "starting"
    assert bobs.ask("GET", f"/tasks/{first['id']}")[1]["id"] == first["id"]


def test_a_project_is_reset_and_deleted(adas: Program, bobs: Program) -> None:
    """By those who may."""
    assert adas.ask("POST", "/projects/ada/survival/reset")[0] == 202
    assert bobs.ask("DELETE", "/projects/ada/climate-atlas")[0] == 403
    assert bobs.ask("DELETE", "/projects/bob/secret")[0] == 202
    assert adas.ask("POST", "/projects/ada/climate-atlas/stop")[0] == 202


def test_the_team_changes(bobs: Program) -> None:
    """Members come, change what they may do, and go."""
    path = "/projects/bob/secret/team"
    assert bobs.ask("PUT", f"{path}/eve")[1]["team"] == [
        {"user": "eve", "role": "member", "until": None}
    ]
    until = "2024-01-31T00:00:00.000Z"
    guest = bobs.ask("PUT", f"{path}/eve", {"role": "viewer", "until": until})[1]
    assert guest["team"] == [{"user": "eve", "role": "viewer", "until": until}]
    assert bobs.ask("PUT", f"{path}/eve", {"until": "soon"})[0] == 400
    assert bobs.ask("PUT", f"{path}/eve", {"role": "king"})[0] == 400
    assert bobs.ask("PUT", f"{path}/nobody")[0] == 400
    assert bobs.ask("DELETE", f"{path}/eve")[1]["team"] == []
    assert bobs.ask("DELETE", f"{path}/eve")[0] == 404
    assert bobs.ask("PUT", "/projects/ada/climate-atlas/team/eve")[0] == 403


@pytest_twisted.ensureDeferred
async def test_events_come_as_they_happen(ada: Browser, rooms: Rooms) -> None:
    """The same stream as the pages have, for whoever may see the project."""
    stream = follow(ada, "/api/v1/projects/ada/climate-atlas/events")
    await rooms.events.publish(project_topic(ATLAS), "state", {"state": "stopping"})
    told = {"state": "stopping", "project": "ada/climate-atlas"}
    assert stream.events() == [("state", told)]
    ada.post("/logout")
    assert stream.events()[-1] == ("end", {})


def test_visitors_have_streams_of_their_own(nobody: Program) -> None:
    """Who comes from one address takes none from those of another."""
    path = "/api/v1/projects/ada/climate-atlas/events"
    for _ in range(LiveLimits().streams):
        follow(nobody.browser, path, x_forwarded_for="203.0.113.9")
    crowded = nobody.ask(
        "GET", path.removeprefix("/api/v1"), x_forwarded_for="203.0.113.9"
    )
    assert crowded[0] == 429
    follow(nobody.browser, path, x_forwarded_for="203.0.113.10")


def test_events_are_for_those_who_may_see(bobs: Program, nobody: Program) -> None:
    """Strangers get 404, not a stream."""
    assert bobs.ask("GET", "/projects/ada/scratch/events")[0] == 404
    assert nobody.ask("GET", "/projects/bob/secret/events")[0] == 404
