"""Short answers, and who may change anything."""

import errno

import pytest
import pytest_twisted

from aen.compute.apps.files.delivering import refusal_of
from aen.compute.apps.files.refusals import Refusal
from aen.compute.disk.walk import Refused
from tests.compute.apps.files.conftest import App


@pytest.mark.parametrize(
    ("problem", "status", "said"),
    [
        (Refusal(418, "So."), 418, "So."),
        (Refused("A link."), 409, "A link."),
        (OSError(errno.EACCES, "x"), 403, "with b.txt"),
        (OSError(errno.ENOENT, "x"), 404, "b.txt"),
    ],
)
def test_problems(problem: Refusal | Refused | OSError, status: int, said: str) -> None:
    """Each is a status and a sentence that names what it is with."""
    refusal = refusal_of(problem, b"/ada/lab/files/a/b.txt")
    assert refusal.status == status
    assert said in refusal.message


def test_problems_with_folders() -> None:
    """A folder has no name at the end of its address."""
    refusal = refusal_of(OSError(errno.EACCES, "x"), b"/ada/lab/files/a/")
    assert "with the folder" in refusal.message


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
