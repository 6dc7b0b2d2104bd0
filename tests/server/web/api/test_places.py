"""``/data-centers``, ``/nodes`` and ``/tasks``: for administrators."""

import pytest

from tests.server.web.api.program import Program


def test_data_centers_and_nodes(adas: Program) -> None:
    """With their health, and single-user mode said."""
    (center,) = adas.ask("GET", "/data-centers")[1]["items"]
    assert (center["name"], center["connected"], center["nodes"]) == (
        "main", True, ["node1"],
    )  # fmt: skip
    (node,) = adas.ask("GET", "/nodes")[1]["items"]
    assert (node["name"], node["answering"], node["single_user"]) == (
        "node1", True, True,
    )  # fmt: skip


def test_tasks(adas: Program, bobs: Program) -> None:
    """All of them to administrators, one's own to everybody."""
    task = bobs.ask("POST", "/projects/bob/secret/start")[1]
    listed = adas.ask("GET", "/tasks?state=queued")[1]["items"]
    assert task["id"] in [one["id"] for one in listed]
    assert adas.ask("GET", f"/tasks/{task['id']}")[0] == 200
    theirs = adas.ask("POST", "/projects/ada/scratch/start")[1]
    assert bobs.ask("GET", f"/tasks/{theirs['id']}")[0] == 403
    assert adas.ask("GET", "/tasks?state=odd")[0] == 400


@pytest.mark.parametrize("path", ["/data-centers", "/nodes", "/tasks"])
def test_others_may_not(bobs: Program, nobody: Program, path: str) -> None:
    """A person gets 403, nobody 401."""
    assert bobs.ask("GET", path)[0] == 403
    assert nobody.ask("GET", path)[0] == 401
