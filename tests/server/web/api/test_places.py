"""``/data-centers`` and ``/nodes``: for administrators."""

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


@pytest.mark.parametrize("path", ["/data-centers", "/nodes"])
def test_others_may_not(bobs: Program, nobody: Program, path: str) -> None:
    """A person gets 403, nobody 401."""
    assert bobs.ask("GET", path)[0] == 403
    assert nobody.ask("GET", path)[0] == 401
