"""``…/star``, ``/me/searches`` and ``/tags``."""

from tests.server.web.api.program import Program


def test_stars(bobs: Program) -> None:
    """Given once, taken once; counted on the project."""
    status, shown = bobs.ask("PUT", "/projects/ada/climate-atlas/star")
    assert (status, shown["stars"]) == (200, 1)
    assert bobs.ask("PUT", "/projects/ada/climate-atlas/star")[1]["stars"] == 1
    assert bobs.ask("DELETE", "/projects/ada/climate-atlas/star")[1]["stars"] == 0
    assert bobs.ask("PUT", "/projects/ada/scratch/star")[0] == 404


def test_kept_searches(bobs: Program) -> None:
    """One's own, and gone when one says so."""
    status, kept = bobs.ask("POST", "/me/searches", {"q": "tag:sea"})
    assert (status, kept["name"]) == (201, "tag:sea")
    assert bobs.ask("GET", "/me/searches")[1]["items"] == [kept]
    assert bobs.ask("DELETE", f"/me/searches/{kept['id']}")[0] == 204
    assert bobs.ask("DELETE", f"/me/searches/{kept['id']}")[0] == 404
    assert bobs.ask("POST", "/me/searches", {"q": " "})[0] == 400


def test_tags(bobs: Program) -> None:
    """Those of public projects."""
    items = bobs.ask("GET", "/tags")[1]["items"]
    assert {"tag": "climate"} in items
