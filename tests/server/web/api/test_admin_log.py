"""``/log`` and ``/report``: for administrators."""

import pytest

from tests.server.web.api.program import Program


def test_log(adas: Program, bobs: Program) -> None:
    """Page by page, narrowed."""
    bobs.ask("GET", "/me")
    first = adas.ask("GET", "/log?limit=1")[1]
    assert len(first["items"]) == 1
    assert adas.ask("GET", f"/log?limit=1&cursor={first['next']}")[0] == 200
    found = adas.ask("GET", "/log?person=bob&act=token+made")[1]["items"]
    assert [one["by"] for one in found] == ["bob"]
    assert adas.ask("GET", "/log?until=2001-01-01T00:00:00Z")[1]["items"] == []
    assert adas.ask("GET", "/log?since=2001-01-01T00:00:00Z")[1]["items"]


@pytest.mark.parametrize(
    "path", ["/log?act=odd", "/log?since=soon", "/report?period=year"]
)
def test_refused(adas: Program, path: str) -> None:
    """What it does not know."""
    assert adas.ask("GET", path)[0] == 400


def test_report(adas: Program) -> None:
    """In numbers."""
    status, found = adas.ask("GET", "/report")
    assert status == 200
    assert found["users"] == 3
    assert found["counts"]["account made"] == 3
    assert {one["username"] for one in found["newcomers"]} == {"ada", "bob", "eve"}


@pytest.mark.parametrize("path", ["/log", "/report"])
def test_others_may_not(bobs: Program, nobody: Program, path: str) -> None:
    """A person gets 403, nobody 401."""
    assert bobs.ask("GET", path)[0] == 403
    assert nobody.ask("GET", path)[0] == 401
