"""Searches over the socket."""

import pytest
import pytest_twisted

from tests.compute.apps.files.conftest import App


@pytest_twisted.ensureDeferred
async def test_search(app: App) -> None:
    """Names, or lines."""
    found = await app.get("/?search=one")
    assert found.json == {
        "items": [{"path": "data/one.csv", "href": "data/one.csv", "kind": "file"}],
        "visited": 4,
        "complete": True,
    }
    lines = (await app.get("/data/?search=2,3&content=1&hidden=1&environments=1")).json
    assert lines["items"] == [
        {"path": "data/one.csv", "href": "data/one.csv", "kind": "file", "line": 1,
         "text": "1,2,3"}
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/?search=", 400),
        ("/?search=x&content=1&content=1", 400),
        ("/notes.txt?search=x", 409),
        ("/nothing/?search=x", 404),
        ("/out/?search=secret", 403),
    ],
)
@pytest_twisted.ensureDeferred
async def test_refused(app: App, path: str, status: int) -> None:
    """What is no folder of the project is not looked through."""
    (app.project / "out").symlink_to("../outside")
    assert (await app.get(path)).status == status
