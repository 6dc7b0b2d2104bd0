"""Renaming and giving away, for programs."""

from tests.server.web.api.program import Program


def test_rename(bobs: Program) -> None:
    """A task; reading and starting go on by the old name, changing does not."""
    status, task = bobs.ask("POST", "/projects/bob/secret/rename", {"name": "ice"})
    assert (status, task["kind"]) == (202, "move project")
    assert bobs.ask("GET", "/projects/bob/ice")[0] == 200
    status, found = bobs.ask("GET", "/projects/bob/secret")
    assert (status, found["name"]) == (200, "ice")
    status, told = bobs.ask("PATCH", "/projects/bob/secret", {"summary": "x"})
    assert status == 404
    assert "bob/ice" in told["error"]["message"]
    assert bobs.ask("DELETE", "/projects/bob/secret")[0] == 404
    assert bobs.ask("POST", "/projects/bob/ice/rename", {"name": "/"})[0] == 400


def test_transfer(bobs: Program, adas: Program) -> None:
    """The receiver has it at once; who gave it stays if they say so."""
    path = "/projects/bob/secret/transfer"
    assert bobs.ask("POST", path, {"owner": "nobody"})[0] == 400
    assert bobs.ask("POST", path, {"owner": "ada", "stay": True})[0] == 202
    status, found = adas.ask("GET", "/projects/ada/secret")
    assert status == 200
    assert found["team"] == [{"user": "bob", "role": "maintainer", "until": None}]
    assert bobs.ask("POST", "/projects/ada/secret/transfer", {"owner": "bob"})[0] == 403


def test_duplicate(bobs: Program, adas: Program) -> None:
    """The copy is the caller's."""
    path = "/projects/bob/secret/duplicate"
    status, task = bobs.ask("POST", path, {"name": "copy"})
    assert (status, task["kind"]) == (202, "copy project")
    assert bobs.ask("GET", "/projects/bob/copy")[1]["visibility"] == "private"
    assert bobs.ask("POST", path, {"name": "copy"})[0] == 409


def test_move(bobs: Program) -> None:
    """Only where there is a data center."""
    path, body = "/projects/bob/secret/move", {"data_center": "nowhere"}
    status, told = bobs.ask("POST", path, body)
    assert status == 400
    assert "Choose one of the data centers" in told["error"]["fields"]["data_center"]
