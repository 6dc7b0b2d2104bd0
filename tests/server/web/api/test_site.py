"""``/settings``: for administrators."""

from tests.server.web.api.program import Program


def test_settings(adas: Program, nobody: Program) -> None:
    """Are shown and changed; an announcement is on the pages at once."""
    status, shown = adas.ask("GET", "/settings")
    assert status == 200
    assert shown["open_registration"] is False
    assert shown["maintenance"] == {"on": False, "text": ""}
    body = {
        "site_name": "The Lab",
        "open_registration": True,
        "announcement": {"text": "Tea", "until": "2040-01-01T00:00:00Z"},
        "maintenance": {"on": False, "text": "Disks."},
    }
    status, changed = adas.ask("PATCH", "/settings", body)
    assert status == 200
    assert changed["announcement"]["until"] == "2040-01-01T00:00:00.000Z"
    assert adas.ask("GET", "/settings")[1] == changed
    assert "The Lab" in nobody.browser.get("/login").words
    status, changed = adas.ask(
        "PATCH", "/settings", {"announcement": {"text": ""}, "reset": ["site_name"]}
    )
    assert (changed["announcement"], changed["site_name"]) == (
        None, shown["site_name"],
    )  # fmt: skip


def test_the_password_is_never_shown(adas: Program) -> None:
    """Only that there is one."""
    smtp = {"host": "m.example", "sender": "a@b.c", "username": "aen"}
    body = {"smtp": {**smtp, "password": "planted-secret"}}
    answered = adas.raw("PATCH", "/settings", body)
    assert answered.status == 200
    assert "planted-secret" not in answered.text
    assert adas.ask("GET", "/settings")[1]["smtp"] == {
        **smtp, "port": 587, "security": "starttls", "has_password": True,
    }  # fmt: skip
    changed = adas.ask("PATCH", "/settings", {"smtp": {**smtp, "port": 25}})
    assert changed[0] == 400
    assert list(changed[1]["error"]["fields"]) == ["password"]


def test_others_may_not(bobs: Program, nobody: Program) -> None:
    """A person gets 403, nobody 401; what is wrong is said."""
    for method in ("GET", "PATCH"):
        body: dict[str, str] | None = {} if method == "PATCH" else None
        assert bobs.ask(method, "/settings", body)[0] == 403
        assert nobody.ask(method, "/settings", body)[0] == 401
