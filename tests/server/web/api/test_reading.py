"""What a call is sent, read strictly: the rest is in `test_operation`."""

import pytest

from aen.model.errors import Invalid
from aen.server.records import Page
from aen.server.web.api.reading import Query, cut
from tests.server.web.api.program import Program


@pytest.mark.parametrize(
    ("limit", "cursor", "items", "after"),
    [
        ("2", None, "ab", "at-2"),
        ("2", "at-2", "cd", "at-4"),
        ("2", "at-4", "e", None),
        ("2", "at-9", "", None),
        ("5", None, "abcde", None),
        ("200", None, "abcde", None),
    ],
)
def test_whole_lists_are_cut(
    limit: str, cursor: str | None, items: str, after: str | None
) -> None:
    """Also what is read whole comes page by page."""
    query = Query({"limit": limit, **({"cursor": cursor} if cursor else {})})
    assert cut(Page(tuple("abcde")), query) == Page(tuple(items), after)


@pytest.mark.parametrize("cursor", ["x", "at-", "at--1", "at-²", "at-" + "9" * 40])
def test_wrong_cursors(cursor: str) -> None:
    """They are refused where the list is longer than a page."""
    with pytest.raises(Invalid):
        cut(Page(tuple("abcde")), Query({"limit": "2", "cursor": cursor}))


def test_pages_of_the_store_stay(adas: Program) -> None:
    """What comes by pages anyway is left alone."""
    assert cut(Page(("a",), "more"), Query({"limit": "1"})).next == "more"


def test_tokens_page_by_page(adas: Program) -> None:
    """Every list that takes a limit keeps to it."""
    for number in range(3):
        assert adas.ask("POST", "/tokens", {"note": str(number)})[0] == 201
    found, cursor = [], ""
    while True:
        page = adas.ask("GET", f"/tokens?limit=1{cursor}")[1]
        found += [one["note"] for one in page["items"]]
        if page["next"] is None:
            break
        assert len(page["items"]) == 1
        cursor = f"&cursor={page['next']}"
    assert sorted(found) == ["0", "1", "2", "test"]


def test_what_an_address_takes(nobody: Program) -> None:
    """OPTIONS and HEAD are answered without a body."""
    answered = nobody.raw("OPTIONS", "/projects/ada/scratch")
    assert (answered.status, answered.text) == (204, "")
    assert answered.header("allow") == "DELETE, GET, HEAD, OPTIONS, PATCH"
    head = nobody.raw("HEAD", "/projects/ada/climate-atlas")
    assert (head.status, head.text) == (200, "")
