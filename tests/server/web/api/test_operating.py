"""How the server is, a test of mail, taking back a change."""

import pytest

from tests.server.furnished import World
from tests.server.web.api.program import Program

SMTP = {"host": "m.example", "sender": "a@b.c"}


def test_system(adas: Program) -> None:
    """What is wrong first, in sentences."""
    status, found = adas.ask("GET", "/system")
    assert status == 200
    good = [one["good"] for one in found["findings"]]
    assert good == sorted(good)
    assert any("store answers" in one["text"] for one in found["findings"])
    assert "Twisted" in found["versions"]


def test_undo(adas: Program) -> None:
    """Back, and forth again; where nothing was changed it is 409."""
    assert adas.ask("POST", "/settings/undo")[0] == 409
    before = adas.ask("GET", "/settings")[1]["site_name"]
    adas.ask("PATCH", "/settings", {"site_name": "The Lab"})
    for name in (before, "The Lab"):
        status, shown = adas.ask("POST", "/settings/undo")
        assert (status, shown["site_name"]) == (200, name)


def test_mail(world: World, adas: Program) -> None:
    """A letter goes out at once; off, or to no address, it is said."""
    letter = {"to": "ops@example.org"}
    assert adas.ask("POST", "/settings/mail-test", letter)[0] == 409
    adas.ask("PATCH", "/settings", {"smtp": SMTP})
    assert adas.ask("POST", "/settings/mail-test", letter)[0] == 204
    assert [to for to, _ in world.mailer.sent] == ["ops@example.org"]
    assert adas.ask("POST", "/settings/mail-test", {"to": "nonsense"})[0] == 400


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/system", None),
        ("POST", "/settings/undo", None),
        ("POST", "/settings/mail-test", {"to": "a@b.c"}),
    ],
)
def test_others_may_not(
    bobs: Program, nobody: Program, method: str, path: str, body: dict[str, str] | None
) -> None:
    """A person gets 403, nobody 401."""
    assert bobs.ask(method, path, body)[0] == 403
    assert nobody.ask(method, path, body)[0] == 401
