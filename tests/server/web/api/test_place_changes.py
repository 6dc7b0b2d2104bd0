"""Adding, emptying and removing places."""

import pytest

from tests.server.web.api.program import Program

WEST = {"name": "west", "url": "https://west.example"}
NODE = {"data_center": "west", "name": "n1", "url": "http://n1:5002"}


def test_places(adas: Program) -> None:
    """From nothing to a data center with a node, and back."""
    status, made = adas.ask("POST", "/data-centers", WEST)
    assert (status, made["nodes"]) == (201, [])
    assert adas.ask("POST", "/data-centers", WEST)[0] == 409
    assert adas.ask("POST", "/data-centers", {**WEST, "url": "x"})[0] == 400
    assert adas.ask("POST", "/nodes", NODE)[1]["nodes"] == ["n1"]
    drained = adas.ask("PATCH", "/nodes/west/n1", {"draining": True})[1]
    assert drained["draining"] == ["n1"]
    assert adas.ask("PATCH", "/nodes/west/n9", {"draining": True})[0] == 404
    assert adas.ask("DELETE", "/nodes/west/n1")[0] == 204
    assert adas.ask("DELETE", "/data-centers/west")[0] == 204
    assert adas.ask("DELETE", "/data-centers/west")[0] == 404
    assert adas.ask("DELETE", "/data-centers/main")[0] == 409


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/data-centers", WEST),
        ("POST", "/nodes", NODE),
        ("PATCH", "/nodes/main/node1", {"draining": True}),
        ("DELETE", "/nodes/main/node1", None),
        ("DELETE", "/data-centers/main", None),
    ],
)
def test_others_may_not(
    bobs: Program, nobody: Program, method: str, path: str, body: dict[str, str] | None
) -> None:
    """A person gets 403, nobody 401."""
    assert bobs.ask(method, path, body)[0] == 403
    assert nobody.ask(method, path, body)[0] == 401
