"""Short answers, and who may change anything."""

import pytest
import pytest_twisted

from tests.compute.apps.files.conftest import App


@pytest.mark.parametrize(
    ("origin", "status"),
    [("http://localhost", 204), ("https://gate.example", 204), ("null", 403),
     ("https://evil.example", 403), ("https://gate.example.evil.example", 403)],
)  # fmt: skip
@pytest_twisted.ensureDeferred
async def test_whose_page_asks(app: App, origin: str, status: int) -> None:
    """A browser says so; what is not ours changes nothing."""
    found = await app.ask("DELETE", "/notes.txt", None, Origin=origin,
                          X_Forwarded_Host="gate.example")  # fmt: skip
    assert found.status == status
    assert (app.project / "notes.txt").exists() is (status != 204)


@pytest_twisted.ensureDeferred
async def test_an_answer_before_the_body_ends_the_connection(app: App) -> None:
    """What still comes of it is no next request."""
    found = await app.put("/data", b"x" * 1_000_000)
    assert (found.status, found.headers["connection"]) == (409, "close")
    short = await app.get("/nothing")
    assert (short.status, "connection" in short.headers) == (404, False)
