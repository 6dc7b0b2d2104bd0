"""The app over its socket: every answer as a browser or a program sees it."""

import gzip
import os
from pathlib import Path

import pytest
import pytest_twisted

from tests.compute.apps.viewer.conftest import PREFIX, STYLE, App


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("/view/", '<td class="name folder"><a href="./data/">'),
        ("/view/Tides.ipynb", '<h2 id="Tides">Tides</h2>'),
        ("/view/Tides.ipynb?source=1", "&#34;nbformat&#34;"),
        ("/view/README.md", f'<img src="{PREFIX}/raw/plot.png" alt="plot">'),
        ("/view/data/one.csv", '<table class="cells">'),
        ("/view/tool.py", '<span class="k">import </span>'),
        ("/view/page.html", "alert"),
        ("/view/plot.png", f'<img src="{PREFIX}/raw/plot.png"'),
        ("/view/drawing.svg", f'<img src="{PREFIX}/raw/drawing.svg"'),
        ("/view/drawing.svg?source=1", "http://www.w3.org/2000/svg"),
        ("/view/model.bin", "nothing that a browser shows"),
        ("/view/.hidden", 'id="L1"'),
    ],
)
@pytest_twisted.ensureDeferred
async def test_views(app: App, path: str, part: str) -> None:
    """Each kind of file is shown in its own way, and runs nothing."""
    found = await app.page(path)
    assert found.status == 200
    assert part in found.text
    assert "<script>" not in found.text
    policy = found.headers["content-security-policy"]
    assert policy.startswith("default-src 'none';")
    assert "unsafe-eval" not in policy
    assert found.headers["x-content-type-options"] == "nosniff"


@pytest_twisted.ensureDeferred
async def test_pages_of_a_folder(app: App) -> None:
    """A large folder comes a page at a time."""
    first = (await app.page("/view/")).text
    assert first.count('<td class="name') == 3
    (onwards,) = [one for one in first.split('href="') if one.startswith("?after=")]
    second = (await app.page("/view/" + onwards.partition('"')[0])).text
    assert second.count('<td class="name') == 3
    assert "./data/" not in second


@pytest.mark.parametrize(
    ("path", "status", "location"),
    [
        ("", 302, f"{PREFIX}/view/"),
        ("/", 302, f"{PREFIX}/view/"),
        ("/view/data", 308, "./data/"),
        ("/view/data?bare=1", 308, "./data/?bare=1"),
    ],
)
@pytest_twisted.ensureDeferred
async def test_led_on(app: App, path: str, status: int, location: str) -> None:
    """An address that is almost one leads to it."""
    found = await app.page(path)
    assert (found.status, found.headers["location"]) == (status, location)


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/view/nothing", 404, "There is no nothing."),
        ("/view/tool.py/", 404, "There is no folder tool.py."),
        ("/view/out/secret.txt", 403, "leads out of the project"),
        ("/view/%2e%2e/outside/secret.txt", 400, "is no name of a file"),
        ("/view/a%00b", 400, "is no name of a file"),
        ("/view/.aen-trash/x", 404, "There is no"),
        ("/view/pipe", 409, "no file that can be read"),
        ("/view/?after=%25", 400, "after"),
        ("/view/tool.py?x=1", 400, "is not known here"),
        ("/raw/", 404, "ends in a slash"),
        ("/raw/data", 409, "no file that can be read"),
        ("/raw/nothing", 404, "There is no nothing."),
        ("/raw/out/secret.txt", 403, "leads out of the project"),
        ("/raw/tool.py/", 404, "ends in a slash"),
        ("/search", 400, "Look for something"),
        ("/elsewhere", 404, "nothing at this address"),
        ("/.aen-app/static/none.css", 404, "There is no such file."),
    ],
)
@pytest_twisted.ensureDeferred
async def test_refused(app: App, path: str, status: int, said: str) -> None:
    """A page says why, for people; programs get the API's answer."""
    os.mkfifo(app.project / "pipe")
    page = await app.page(path)
    assert page.status == status
    assert said in page.text
    assert "<h1>" in page.text
    assert "Traceback" not in page.text
    told = await app.get(path)
    assert told.status == status
    assert said in told.json["error"]["message"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
@pytest_twisted.ensureDeferred
async def test_closed(app: App) -> None:
    """What one may not read: as whom it was tried, and what helps."""
    (app.project / "tool.py").chmod(0)
    page = await app.page("/view/tool.py")
    assert page.status == 403
    assert "account <b>aenvisit</b>" in page.text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
@pytest_twisted.ensureDeferred
async def test_only_to_look_at(app: App, method: str) -> None:
    """Nothing can be changed."""
    assert (await app.ask(method, "/view/tool.py")).status == 405
    assert (app.project / "tool.py").exists()


@pytest.mark.parametrize(
    ("headers", "status", "body"),
    [
        ({}, 200, b"import os\n\n\nprint(os.name)\n"),
        ({"Range": "bytes=0-5"}, 206, b"import"),
        ({"Range": "bytes=500-"}, 416, b""),
        ({"If_None_Match": "*"}, 304, b""),
    ],
)
@pytest_twisted.ensureDeferred
async def test_raw(app: App, headers: dict[str, str], status: int, body: bytes) -> None:
    """Bytes as they are, also in parts, also not again."""
    found = await app.get("/raw/tool.py", **headers)
    assert (found.status, found.body) == (status, body)
    assert found.headers["etag"]


@pytest_twisted.ensureDeferred
async def test_download(app: App) -> None:
    """What is asked to be saved is saved."""
    shown = await app.get("/raw/plot.png")
    saved = await app.get("/raw/plot.png?download=1")
    assert shown.headers["content-disposition"].startswith("inline")
    assert saved.headers["content-disposition"].startswith("attachment")
    assert saved.headers["content-type"] == "application/octet-stream"
    assert saved.body == shown.body


@pytest_twisted.ensureDeferred
async def test_head(app: App) -> None:
    """HEAD says what GET would, without it."""
    found = await app.ask("HEAD", "/view/tool.py", Accept="text/html")
    assert (found.status, found.body) == (200, b"")
    assert int(found.headers["content-length"]) > 500


@pytest_twisted.ensureDeferred
async def test_packed(app: App) -> None:
    """Pages are sent as small as a browser can take them."""
    plain = await app.page("/view/tool.py")
    packed = await app.page("/view/tool.py", Accept_Encoding="gzip, br")
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    refused = await app.page("/view/tool.py", Accept_Encoding="gzip;q=0")
    assert refused.headers["content-encoding"] is None
    assert (await app.page("/.aen-app/ready")).status == 204


@pytest_twisted.ensureDeferred
async def test_own_files(app: App) -> None:
    """The style sheet is sent once."""
    found = await app.get("/.aen-app/static/viewer-1.css")
    assert (found.status, found.text) == (200, STYLE)
    assert "immutable" in found.headers["cache-control"]
    packed = await app.get("/.aen-app/static/viewer-1.css", Accept_Encoding="gzip")
    assert gzip.decompress(packed.body).decode() == STYLE


@pytest_twisted.ensureDeferred
async def test_hostile_names(app: App) -> None:
    """A name is data: in the page of its folder and in its own."""
    names = ['"><script>', "a\nb", "\u202egpj.exe", "x" * 250, "%2e%2e", "?bare=1#L2"]
    folder = app.project / "odd"
    folder.mkdir()
    for name in names:
        (folder / name).write_text("content")
    Path(os.fsdecode(bytes(folder) + b"/\xff.txt")).write_text("content")
    after, seen = "", 0
    while True:
        text = (await app.page("/view/odd/" + after)).text
        assert "<script>" not in text
        for part in text.split('<a href="./')[1:]:
            own = await app.page("/view/odd/" + part.partition('"')[0])
            assert "content" in own.text
            assert "<script>" not in own.text
            assert "\u202e" not in own.text
            seen += 1
        if 'href="?after=' not in text:
            break
        after = "?after=" + text.partition('href="?after=')[2].partition('"')[0]
    assert seen == len(names) + 1
