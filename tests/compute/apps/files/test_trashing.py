"""The trash over the socket."""

from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from twisted.internet.defer import gatherResults
from twisted.internet.threads import deferToThread

from aen.compute.apps.files.trash import NAME
from aen.compute.apps.files.trash_items import new_id, time_of
from aen.compute.apps.files.trashing import find_trash
from tests.compute.apps.files.acting import DAY
from tests.compute.apps.files.conftest import App

TRASH = "/.aen-app/trash"


async def thrown(app: App, path: str) -> str:
    """Throw something away; return its id."""
    done = await app.ask("DELETE", f"{path}?trash=1")
    assert done.status == 200, done.text
    item: str = done.json["id"]
    return item


async def listed(app: App, query: str = "", **headers: str) -> Any:
    """Return what is in the trash."""
    found = await app.get(f"{TRASH}{query}", **headers)
    assert found.status == 200, found.text
    return found.json


@pytest_twisted.ensureDeferred
async def test_there_and_back(app: App) -> None:
    """A file and a folder go, are shown the latest first, and come back."""
    assert await listed(app) == {"items": [], "next": None}
    first = await thrown(app, "/notes.txt")
    second = await thrown(app, "/data/")
    found = await listed(app)
    assert [
        (one["id"], one["path"], one["kind"], one["size"]) for one in found["items"]
    ] == [
        (second, "data", "folder", 0),
        (first, "notes.txt", "file", 10),
    ]
    assert found["items"][0]["at"].endswith("Z")
    assert [one["name"] for one in (await app.get("/")).json["items"]] == []
    assert (await app.ask("POST", f"{TRASH}/{second}")).json == {"path": "data"}
    moved = await app.ask("POST", f"{TRASH}/{first}?to=new/deep/notes")
    assert moved.json == {"path": "new/deep/notes"}
    assert (app.project / "new/deep/notes").read_text() == "some notes"
    assert (app.project / "data/one.csv").read_text() == "1,2,3"
    assert (await listed(app))["items"] == []
    assert list((app.project / NAME).iterdir()) == []


@pytest_twisted.ensureDeferred
async def test_pages(app: App) -> None:
    """As all lists."""
    for name in "abc":
        (app.project / name).touch()
        await thrown(app, f"/{name}")
    first = await listed(app, "?limit=2")
    rest = await listed(app, f"?limit=2&after={first['next']}")
    assert [one["path"] for one in first["items"] + rest["items"]] == ["c", "b", "a"]
    assert rest["next"] is None


@pytest_twisted.ensureDeferred
async def test_what_is_there_already(app: App) -> None:
    """Is never overwritten by what comes back."""
    item = await thrown(app, "/notes.txt")
    (app.project / "notes.txt").write_text("new notes")
    again = await app.ask("POST", f"{TRASH}/{item}")
    assert (again.status, again.json["error"]["code"]) == (409, "conflict")
    elsewhere = await app.ask("POST", f"{TRASH}/{item}?to=old.txt")
    assert elsewhere.json == {"path": "old.txt"}
    assert (app.project / "notes.txt").read_text() == "new notes"


@pytest_twisted.ensureDeferred
async def test_two_at_once(app: App) -> None:
    """One wins; the other hears that it is not there any more."""
    for number in range(5):
        item = await thrown(app, "/data/")
        asked = [deferToThread(app.now, "POST", f"{TRASH}/{item}?to={where}")
                 for where in ("data", f"data-{number}")]  # fmt: skip
        statuses = sorted(one.status for one in await gatherResults(asked))
        assert statuses == [200, 404]
        made = [one for one in app.project.iterdir() if one.name.startswith("data")]
        assert len(made) == 1
        made[0].rename(app.project / "data")


@pytest_twisted.ensureDeferred
async def test_gone_for_good(app: App) -> None:
    """One, then all; what is gone is not there."""
    one, _, _ = [
        await thrown(app, f"/{name}") for name in ("notes.txt", "data/one.csv", "data/")
    ]
    assert (await app.ask("DELETE", f"{TRASH}/{one}")).status == 204
    assert (await app.ask("DELETE", f"{TRASH}/{one}")).status == 404
    assert (await app.ask("POST", f"{TRASH}/{one}")).status == 404
    assert (await app.ask("DELETE", TRASH)).json == {"removed": 2, "kept": 0}
    assert (await app.ask("DELETE", TRASH)).json == {"removed": 0, "kept": 0}
    assert list((app.project / NAME).iterdir()) == []


def aged(app: App, item: str, days: float) -> Path:
    """Let something have been thrown away earlier."""
    when = time_of(item) - days * DAY
    older = app.project / NAME / new_id(when, item.partition("-")[2])
    return (app.project / NAME / item).rename(older)


@pytest_twisted.ensureDeferred
async def test_weeks_later(app: App) -> None:
    """It is not shown any more; the next who may change anything takes it away."""
    items = [await thrown(app, one) for one in ("/notes.txt", "/data/one.csv")]
    old, young = aged(app, items[0], 30.1), aged(app, items[1], 29.9)
    read = await listed(app, AEN_May="read")
    assert [one["id"] for one in read["items"]] == [young.name]
    assert old.exists()
    await listed(app, AEN_May="write")
    assert (old.exists(), young.exists()) == (False, True)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/x", 405),
        ("POST", "", 405),
        ("PUT", "", 405),
        ("POST", "/..", 404),
        ("POST", "/%2e%2e", 404),
        ("DELETE", "/content", 404),
        ("DELETE", "/" + new_id(1.8e9, "0" * 16) + "/content", 404),
        ("POST", "/" + new_id(1.8e9, "0" * 16), 404),
        ("POST", "/" + new_id(1.8e9, "0" * 16) + "?to=../x", 400),
        ("GET", "?limit=0", 400),
        ("GET", "?oops=1", 400),
    ],
)
@pytest_twisted.ensureDeferred
async def test_refused(app: App, method: str, path: str, status: int) -> None:
    """Only ids are looked for; other methods there are none."""
    await thrown(app, "/notes.txt")
    found = await app.ask(method, f"{TRASH}{path}")
    assert found.status == status
    assert len((await listed(app))["items"]) == 1


@pytest_twisted.ensureDeferred
async def test_no_way_into_it(app: App) -> None:
    """By no address, and by no link, is anything reached that is in the trash."""
    item = await thrown(app, "/notes.txt")
    (app.project / "peek").symlink_to(NAME)
    (app.project / "data/deeper").symlink_to(f"../{NAME}/{item}")
    inside = f"/peek/{item}/content", "/data/deeper/content", f"/{NAME}/{item}/content"
    for path in (*inside, f"/{NAME}/", "/peek/"):
        assert (await app.get(path)).status == 404
    for path in inside:
        assert (await app.ask("DELETE", path)).status == 404
        assert (await app.ask("POST", f"{path}?move=x")).status == 404
    assert (await app.ask("POST", f"{TRASH}/{item}")).status == 200


def test_addresses() -> None:
    """Nothing that only begins alike."""
    assert find_trash(b"trash") == b""
    assert find_trash(b"trash?limit=1") == b"?limit=1"
    assert find_trash(b"trash/x?to=y") == b"/x?to=y"
    assert find_trash(b"trashes") is None
    assert find_trash(b"static/trash") is None
