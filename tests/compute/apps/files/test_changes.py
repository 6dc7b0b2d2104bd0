"""Removing, moving and copying over the socket."""

import pytest
import pytest_twisted

from tests.compute.apps.files.conftest import App


@pytest_twisted.ensureDeferred
async def test_copy(app: App) -> None:
    """A file, then over another, then a folder."""
    made = await app.ask("POST", "/data/one.csv?copy=two.csv")
    assert (made.status, made.json) == (200, {"path": "two.csv"})
    over = await app.ask("POST", "/notes.txt?copy=two.csv&replace=1")
    assert over.status == 200
    assert (app.project / "two.csv").read_text() == "some notes"
    folder = await app.ask("POST", "/data/?copy=data-2")
    assert folder.json == {"path": "data-2"}
    assert (app.project / "data-2/one.csv").read_text() == "1,2,3"
    assert app.left == []


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/notes.txt?copy=data/one.csv", 412),
        ("POST", "/notes.txt?copy=../x", 400),
        ("POST", "/notes.txt?copy=.aen-trash/x", 404),
        ("POST", "/notes.txt?move=.aen-trash/x", 404),
        ("POST", "/notes.txt?copy=", 409),
        ("POST", "/data/?copy=data/deep/x", 409),
        ("POST", "/many?copy=x", 413),
        ("DELETE", "/nothing?trash=1", 404),
        ("DELETE", "/?trash=1", 409),
    ],
)
@pytest_twisted.ensureDeferred
async def test_refused(app: App, method: str, path: str, status: int) -> None:
    """What cannot be done is said, and nothing is left of it."""
    (app.project / "many").mkdir()
    for number in range(60):
        (app.project / "many" / str(number)).touch()
    found = await app.ask(method, path)
    assert found.status == status
    assert found.json["error"]["message"].endswith(".")
    assert app.left == []
    assert not (app.project / "x").exists()
    assert (app.project / "notes.txt").read_text() == "some notes"


@pytest_twisted.ensureDeferred
async def test_only_what_was_read_is_thrown_away(app: App) -> None:
    """A condition holds for the trash as for removal."""
    tag = (await app.get("/notes.txt")).headers["etag"]
    (app.project / "notes.txt").write_text("others' notes")
    for path in ("/notes.txt?trash=1", "/notes.txt"):
        assert (await app.ask("DELETE", path, None, If_Match=tag)).status == 412
    assert (app.project / "notes.txt").exists()
    again = (await app.get("/notes.txt")).headers["etag"]
    done = await app.ask("DELETE", "/notes.txt?trash=1", None, If_Match=again)
    assert (done.status, list(done.json)) == (200, ["id"])
    assert not (app.project / "notes.txt").exists()


@pytest_twisted.ensureDeferred
async def test_other_sites_change_nothing(app: App) -> None:
    """Nor have a browser do it, at any of the addresses."""
    for method, path in (
        ("POST", "/notes.txt?copy=x"), ("DELETE", "/notes.txt?trash=1"),
        ("PUT", "/notes.txt?rights=1"), ("DELETE", "/.aen-app/trash"),
        ("POST", "/.aen-app/trash/x"), ("DELETE", "/.aen-app/trash/x"),
    ):  # fmt: skip
        found = await app.ask(method, path, b"", Origin="https://evil.example")
        assert found.status == 403
        assert "Only pages of this site" in found.json["error"]["message"]
    assert (app.project / "notes.txt").exists()
