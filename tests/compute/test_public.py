"""Public folders over a real socket."""

import http.client
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_twisted
from attrs import evolve, frozen
from twisted.internet import reactor as _reactor  # noqa: TID251 -- tests own it
from twisted.internet.threads import deferToThread
from twisted.web.resource import Resource
from twisted.web.server import Request, Site

from aen.compute.public import PublicFolders, PublicLimits
from aen.compute.service import BehindDoor
from aen.wire.public import BUSY, NOTHING_THERE

reactor: Any = _reactor
BIG = bytes(range(256)) * 4096
TOP = "/launcher/public/ada/lab"


@frozen
class Got:
    """An answer."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


@frozen
class Scene:
    """A public folder and the port it is served on."""

    folder: Path
    port: int
    folders: PublicFolders

    def ask(self, path: str, method: str = "GET", **headers: str) -> Got:
        """Ask once; call it in a thread."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, TOP + path, headers=named)
            response = connection.getresponse()
            return Got(response.status, response.headers, response.read())
        finally:
            connection.close()

    async def get(self, path: str, method: str = "GET", **headers: str) -> Got:
        """Ask once."""
        found: Got = await deferToThread(self.ask, path, method, **headers)
        return found


@pytest_twisted.async_yield_fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    """Give a folder with a page, a big file, and a folder in it."""
    folder = tmp_path / "ada/lab/public"
    (folder / "sub").mkdir(parents=True)
    (folder / "web").mkdir()
    for name in ("", "sub", "web"):
        (folder / name).chmod(0o775)
    contents = {"big.bin": BIG, "empty.txt": b"", "web/index.html": b"<h1>", "a b": b""}
    for name, content in contents.items():
        (folder / name).write_bytes(content)
        (folder / name).chmod(0o664)
    folders = PublicFolders(reactor, str(tmp_path))
    port = reactor.listenTCP(0, Site(folders, timeout=None), interface="127.0.0.1")
    yield Scene(folder, port.getHost().port, folders)
    await port.stopListening()


@pytest_twisted.ensureDeferred
async def test_files_and_their_versions(scene: Scene) -> None:
    """Whole, for HEAD without content, and not again while they are the same."""
    whole = await scene.get("/big.bin")
    assert (whole.status, whole.body) == (200, BIG)
    assert whole.headers["Content-Length"] == str(len(BIG))
    assert whole.headers["Content-Type"] == "application/octet-stream"
    head = await scene.get("/big.bin", "HEAD")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Length"] == str(len(BIG))
    tag = whole.headers["ETag"]
    same = await scene.get("/big.bin", if_none_match=tag)
    assert (same.status, same.body, same.headers["ETag"]) == (304, b"", tag)
    later = await scene.get(
        "/big.bin", if_modified_since=whole.headers["Last-Modified"]
    )
    assert later.status == 304
    assert (await scene.get("/empty.txt")).body == b""


@pytest_twisted.ensureDeferred
async def test_ranges(scene: Scene) -> None:
    """One, several, none that is there, and of another version."""
    one = await scene.get("/big.bin", range="bytes=10-19")
    assert (one.status, one.body) == (206, BIG[10:20])
    assert one.headers["Content-Range"] == f"bytes 10-19/{len(BIG)}"
    last = await scene.get("/big.bin", range="bytes=-70000")
    assert last.body == BIG[-70000:]
    outside = await scene.get("/big.bin", range=f"bytes={len(BIG)}-")
    assert outside.status == 416
    assert outside.headers["Content-Range"] == f"bytes */{len(BIG)}"
    other = await scene.get("/big.bin", range="bytes=0-1", if_range='"other"')
    assert (other.status, other.body) == (200, BIG)


@pytest_twisted.ensureDeferred
async def test_several_ranges(scene: Scene) -> None:
    """Each with its own words, in one body of the length that was told."""
    got = await scene.get("/big.bin", range="bytes=0-4,100000-200000")
    assert got.status == 206
    boundary = got.headers["Content-Type"].partition("boundary=")[2].encode()
    assert got.headers["Content-Length"] == str(len(got.body))
    first, second = got.body.split(b"--" + boundary)[1:3]
    assert first.endswith(b"bytes 0-4/%d\r\n\r\n" % len(BIG) + BIG[:5] + b"\r\n")
    assert second.endswith(BIG[100000:200001] + b"\r\n")
    assert got.body.endswith(b"\r\n--" + boundary + b"--\r\n")


@pytest_twisted.ensureDeferred
async def test_directories(scene: Scene) -> None:
    """A list, an index in its place, and the slash where it is missing."""
    page = await scene.get("/")
    assert page.status == 200
    assert b'href="./sub/"' in page.body
    assert b'href="./a%20b"' in page.body
    assert "sandbox" in page.headers["Content-Security-Policy"]
    index = await scene.get("/web/")
    assert (index.status, index.body) == (200, b"<h1>")
    assert "sandbox" in index.headers["Content-Security-Policy"]
    for name in ("web", "sub"):
        moved = await scene.get(f"/{name}?x=1")
        assert moved.status == 308
        assert moved.headers["Location"] == f"/ada/lab/public/{name}/?x=1"


@pytest_twisted.ensureDeferred
async def test_what_is_not_there(scene: Scene) -> None:
    """One answer to all of it; and nothing can be written."""
    (scene.folder / "link").symlink_to("/etc/passwd")
    paths = ("/none", "/link", "/big.bin/", "/../x", "/%2e%2e/x", "", "/a//b")
    for path in paths:
        got = await scene.get(path)
        assert (got.status, got.body) == (404, NOTHING_THERE), path
    put = await scene.get("/big.bin", "PUT")
    assert (put.status, put.headers["Allow"]) == (405, "GET, HEAD")


@pytest_twisted.ensureDeferred
async def test_too_many_are_sent_away(scene: Scene) -> None:
    """A node has more to do than this; who left makes room."""
    scene.folders._limits = PublicLimits(requests=0)
    got = await scene.get("/big.bin")
    assert (got.status, got.body) == (503, BUSY)
    scene.folders._limits = PublicLimits(requests=1)
    for _ in range(3):
        assert (await scene.get("/empty.txt")).status == 200


def _leave_early(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", TOP + "/huge.bin")
    connection.getresponse().read(1000)
    connection.close()


@pytest_twisted.ensureDeferred
async def test_a_slow_reader_holds_up_the_disk_alone(scene: Scene) -> None:
    """A large file is read as it is taken, and closed when its reader leaves."""
    huge = scene.folder / "huge.bin"
    with huge.open("wb") as file:
        file.truncate(5 * 1024**3)
    huge.chmod(0o664)
    before = Path("/proc/self/statm").read_text().split()[1]
    for _ in range(3):
        await deferToThread(_leave_early, scene.port)
    after = Path("/proc/self/statm").read_text().split()[1]
    grown = (int(after) - int(before)) * os.sysconf("SC_PAGE_SIZE")
    assert grown < 64 * 1024 * 1024
    await scene.get("/empty.txt")
    assert str(huge) not in [_target(one) for one in Path("/proc/self/fd").iterdir()]


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:
        return ""


@pytest_twisted.ensureDeferred
async def test_beside_the_calls(scene: Scene) -> None:
    """One socket behind the door serves both, each what is its own."""

    class Api(Resource):
        isLeaf = True

        def render_GET(self, request: Request) -> bytes:
            return b"api: " + b"/".join(request.postpath or [])

    both = Site(BehindDoor(scene.folders, Api()), timeout=None)
    port = reactor.listenTCP(0, both, interface="127.0.0.1")
    there = evolve(scene, port=port.getHost().port)
    assert (await there.get("/web/")).body == b"<h1>"
    assert (await there.get("/../../../x")).status == 404
    other = await deferToThread(_get, there.port, "/launcher/status")
    assert other == b"api: launcher/status"
    await port.stopListening()


def _get(port: int, path: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().read()
    finally:
        connection.close()
