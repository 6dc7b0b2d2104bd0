"""What is where, asked over the socket."""

import re

import pytest
import pytest_twisted

from tests.compute.apps.workbench.conftest import App


@pytest_twisted.ensureDeferred
async def test_page(app: App) -> None:
    """The page may load what is its own, and styles of this one answer."""
    first, second = await app.get("/", AEN_May="write"), await app.get("/")
    assert first.status == 200
    shut = first.headers["Content-Security-Policy"]
    assert "script-src 'self';" in shut
    assert "frame-ancestors 'self'" in shut
    nonce = re.search(r"'nonce-([^']+)'", shut)
    assert nonce is not None
    assert f'nonce="{nonce[1]}"' in first.text
    assert nonce[1] not in second.text
    assert first.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("may", "said"), [("write", "write"), ("read", "read")])
@pytest_twisted.ensureDeferred
async def test_rights_reach_the_page(app: App, may: str, said: str) -> None:
    """Who may only read is shown nothing that changes anything."""
    page = await app.get("/", AEN_May=may)
    assert f'data-may="{said}"' in page.text
    assert ("Read only" in page.text) is (may == "read")
    assert ('id="new-file"' in page.text) is (may == "write")


@pytest_twisted.ensureDeferred
async def test_nobody_says_so(app: App) -> None:
    """Where no gateway says that one may write, one may not."""
    assert 'data-may="read"' in (await app.get("/")).text


@pytest_twisted.ensureDeferred
async def test_built_files(app: App) -> None:
    """What the page names is there, and its parts, and kept by browsers."""
    page = await app.get("/")
    for name in (*re.findall(r'"static/([^"#]+)["#]', page.text), "part-3.js"):
        found = await app.get(f"/static/{name}")
        assert (found.status, found.text) == (200, f"content of {name}")
        again = await app.get(f"/static/{name}", If_None_Match=found.headers["ETag"])
        assert again.status == 304


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("", 404),
        ("/other", 404),
        ("/static/", 404),
        ("/static/manifest.json", 404),
        ("/static/..%2fmanifest.json", 404),
        ("/static/../s", 404),
        ("/ready", 204),
    ],
)
@pytest_twisted.ensureDeferred
async def test_nothing_else(app: App, path: str, status: int) -> None:
    """Outside of what the page needs there is nothing."""
    assert (await app.get(path)).status == status


@pytest_twisted.ensureDeferred
async def test_only_files_change(app: App) -> None:
    """The page takes nothing."""
    answer = await app.ask("POST", "/", b"x")
    assert answer.status == 405
    assert answer.headers["Allow"] == "GET, HEAD"


@pytest_twisted.ensureDeferred
async def test_files(app: App) -> None:
    """The files app answers below files/, whole."""
    listed = await app.get("/files/")
    assert [one["name"] for one in listed.json["items"]] == ["notes.txt"]
    tag = (await app.get("/files/notes.txt")).headers["ETag"]
    written = await app.ask("PUT", "/files/notes.txt", b"other", If_Match=tag)
    assert written.status == 200
    assert (app.project / "notes.txt").read_text() == "other"
    late = await app.ask("PUT", "/files/notes.txt", b"late", If_Match=tag)
    assert late.status == 412
    assert (await app.get("/files/.aen-app/trash")).json["items"] == []


@pytest_twisted.ensureDeferred
async def test_files_of_other_sites(app: App) -> None:
    """The files app's own guards hold here, too."""
    said = await app.ask("DELETE", "/files/notes.txt", Origin="https://elsewhere.org")
    assert said.status == 403
    assert (app.project / "notes.txt").exists()


@pytest_twisted.ensureDeferred
async def test_archive_has_the_projects_name(app: App) -> None:
    """A whole project is downloaded under its own name, not the app's."""
    packed = await app.get("/files/?archive=zip")
    assert "lab" in packed.headers["Content-Disposition"]
    assert "workbench" not in packed.headers["Content-Disposition"]
