"""The app over its socket: every answer as a client sees it."""

import http.client
import json
import os
import socket as sockets
from pathlib import Path

import pytest
import pytest_twisted
from twisted.internet.threads import deferToThread

from tests.compute.apps.files.conftest import PREFIX, App
from tests.waiting import eventually


@pytest_twisted.ensureDeferred
async def test_a_round(app: App) -> None:
    """Write, read, list, move, remove."""
    made = await app.put("/data/new.csv", b"4,5,6")
    assert made.status == 201
    assert made.json == {"path": "data/new.csv", "size": 5}
    found = await app.get("/data/new.csv")
    assert (found.status, found.body) == (200, b"4,5,6")
    assert found.headers["etag"] == made.headers["etag"]
    assert found.headers["aen-mode"] == "0660"
    assert "attachment" in found.headers["content-disposition"]
    listed = (await app.get("/data/")).json
    assert [one["name"] for one in listed["items"]] == ["deep", "new.csv", "one.csv"]
    moved = await app.ask("POST", "/data/new.csv?move=data/deep/x")
    assert (moved.status, moved.json) == (200, {"path": "data/deep/x"})
    assert (await app.ask("DELETE", "/data/deep/x")).status == 204
    assert (await app.get("/data/deep/x")).status == 404
    assert app.left == []


@pytest.mark.parametrize(
    ("headers", "status", "body"),
    [
        ({}, 200, b"some notes"),
        ({"Range": "bytes=5-"}, 206, b"notes"),
        ({"Range": "bytes=50-"}, 416, b""),
        ({"If_None_Match": "*"}, 304, b""),
    ],
)
@pytest_twisted.ensureDeferred
async def test_reading(
    app: App, headers: dict[str, str], status: int, body: bytes
) -> None:
    """Parts and conditions are understood."""
    found = await app.get("/notes.txt", **headers)
    assert (found.status, found.body) == (status, body)


@pytest_twisted.ensureDeferred
async def test_head(app: App) -> None:
    """HEAD says what GET would, without it."""
    found = await app.ask("HEAD", "/notes.txt")
    assert (found.status, found.headers["content-length"]) == (200, "10")
    assert found.body == b""


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/notes.txt/", 404),
        ("GET", "/notes.txt/x", 404),
        ("GET", "/%2e%2e/outside/secret", 400),
        ("GET", "/out/secret", 403),
        ("GET", "/pipe", 409),
        ("GET", "/?limit=0", 400),
        ("GET", "/?limit=101", 400),
        ("GET", "/?after=%25", 400),
        ("PUT", "/out/new", 403),
        ("PUT", "/nowhere/new", 404),
        ("PUT", "/data", 409),
        ("PUT", "/new?upload=x", 400),
        ("DELETE", "/data", 409),
        ("DELETE", "/", 409),
        ("DELETE", "/out/secret", 403),
        ("POST", "/notes.txt", 400),
        ("POST", "/notes.txt?move=../x", 400),
        ("POST", "/notes.txt?move=data/one.csv", 412),
        ("PATCH", "/notes.txt", 405),
    ],
)
@pytest_twisted.ensureDeferred
async def test_refused(app: App, method: str, path: str, status: int) -> None:
    """What cannot be done is said in a sentence, and changes nothing."""
    (app.project / "out").symlink_to("../outside")
    os.mkfifo(app.project / "pipe")
    found = await app.ask(method, path)
    assert found.status == status
    assert found.json["error"]["message"].endswith(".")
    assert (app.project / "notes.txt").read_text() == "some notes"
    assert [one.name for one in (app.project.parent / "outside").iterdir()] == [
        "secret"
    ]
    assert app.left == []


@pytest_twisted.ensureDeferred
async def test_a_folder_has_a_slash(app: App) -> None:
    """So that names below it lead below it."""
    found = await app.get("/data?limit=5")
    assert (found.status, found.headers["location"]) == (308, "./data/?limit=5")


@pytest_twisted.ensureDeferred
async def test_conflicts(app: App) -> None:
    """Who writes to what they have not read is told so."""
    tag = (await app.get("/notes.txt")).headers["etag"]
    assert (await app.put("/notes.txt", b"x", If_None_Match="*")).status == 412
    assert (await app.put("/notes.txt", b"mine", If_Match=tag)).status == 200
    assert (await app.put("/notes.txt", b"yours", If_Match=tag)).status == 412
    assert (app.project / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize(
    ("origin", "status"),
    [("http://localhost", 201), ("https://gate.example", 201), ("null", 403),
     ("https://evil.example", 403)],
)  # fmt: skip
@pytest_twisted.ensureDeferred
async def test_other_sites_change_nothing(app: App, origin: str, status: int) -> None:
    """A browser says which page asks; pages in a sandbox are nobody's."""
    found = await app.put("/new", b"x", Origin=origin, X_Forwarded_Host="gate.example")
    assert found.status == status
    assert (app.project / "new").exists() is (status == 201)


@pytest_twisted.ensureDeferred
async def test_folders(app: App) -> None:
    """A PUT to an address with a slash makes a folder."""
    assert (await app.put("/new/")).status == 201
    assert (await app.put("/new/")).status == 200
    assert (await app.put("/new/", If_None_Match="*")).status == 412
    assert (await app.put("/a/b/c/")).status == 404
    assert (await app.put("/a/b/c/?parents=1")).status == 201
    assert (await app.put("/a/", b"content")).status == 400
    assert (await app.ask("DELETE", "/a/?recursive=1")).status == 204
    assert not (app.project / "a").exists()


@pytest_twisted.ensureDeferred
async def test_an_upload_in_parts(app: App) -> None:
    """Each part says where it belongs; the file is there with the last one."""
    path = "/big?upload=token-of-mine"
    first = await app.put(path, b"abcd", Content_Range="bytes 0-3/6")
    assert (first.status, first.json) == (202, {"offset": 4})
    wrong = await app.put(path, b"f", Content_Range="bytes 5-5/6")
    assert (wrong.status, wrong.json["error"]["offset"]) == (409, 4)
    assert (await app.get(path)).json == {"offset": 4}
    assert not (app.project / "big").exists()
    last = await app.put(path, b"ef", Content_Range="bytes 4-5/6")
    assert last.status == 201
    assert (app.project / "big").read_text() == "abcdef"
    assert (await app.get(path)).status == 404
    assert app.left == []


def begin_upload(path: Path, target: str, length: int, sent: bytes) -> sockets.socket:
    """Send the beginning of an upload, and no more."""
    connection = sockets.socket(sockets.AF_UNIX)
    connection.settimeout(10)
    connection.connect(str(path))
    head = f"PUT {PREFIX}{target} HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n"
    part = f"Content-Range: bytes 0-{length - 1}/{length}\r\n" if "?" in target else ""
    connection.sendall(f"{head}{part}\r\n".encode() + sent)
    return connection


@pytest.mark.parametrize(
    ("target", "left"), [("/big", 0), ("/big?upload=token-of-mine", 1)]
)
@pytest_twisted.ensureDeferred
async def test_who_leaves(app: App, target: str, left: int) -> None:
    """Nothing is left of an upload that broke off, unless it can be gone on with."""
    connection = begin_upload(app.socket, target, 10, b"abcd")
    await eventually(lambda: len(app.left) == 1, "the upload has begun")
    connection.close()
    if left:
        place = app.project / app.left[0]
        await eventually(lambda: place.stat().st_size == 4, "what came is kept")
        assert (await app.get(target)).json == {"offset": 4}
    else:
        await eventually(lambda: app.left == [], "nothing is left")
    assert not (app.project / "big").exists()


@pytest_twisted.ensureDeferred
async def test_a_refusal_is_heard_early(app: App) -> None:
    """Who sends gigabytes hears at once that they are not wanted."""

    def ask() -> tuple[int, object]:
        with begin_upload(app.socket, "/data", 10**9, b"abcd") as connection:
            response = http.client.HTTPResponse(connection)
            response.begin()
            return response.status, json.loads(response.read())["error"]["code"]

    assert await deferToThread(ask) == (409, "conflict")


@pytest_twisted.ensureDeferred
async def test_large_files(app: App) -> None:
    """Many times what may wait passes, both ways."""
    content = os.urandom(1024 * 1024) * 8
    assert (await app.put("/big", content)).status == 201
    assert (await app.get("/big")).body == content


@pytest_twisted.ensureDeferred
async def test_ready(app: App) -> None:
    """The node asks whether it is up without looking at any file."""
    assert (await app.get("/.aen-app/ready")).status == 204
