"""Stars and kept searches on pages."""

import re

from tests.server.web.browser import Browser


def test_a_star_is_given_and_taken(bob: Browser) -> None:
    """By one button, that says how it stands."""
    page = bob.get("/ada/climate-atlas")
    assert 'aria-pressed="false"' in page.text
    assert bob.post("/ada/climate-atlas/star").status == 303
    page = bob.get("/ada/climate-atlas")
    assert 'aria-pressed="true"' in page.text
    assert "Most starred" in bob.get("/").words
    bob.post("/ada/climate-atlas/star", {"off": "1"})
    assert 'aria-pressed="false"' in bob.get("/ada/climate-atlas").text


def test_a_search_is_kept_and_removed(bob: Browser) -> None:
    """It is on the dashboard, by its name."""
    assert "Save search" in bob.get("/search?q=weekly").words
    answer = bob.post("/account/searches", {"q": "weekly", "name": "Each week"})
    assert answer.headers.getRawHeaders("location") == ["/search?q=weekly&done=kept"]
    page = bob.get("/")
    assert "Each week" in page.words
    (form,) = re.findall(r'action="(/account/searches/[^"]+)"', page.text)
    assert bob.post(form).status == 303
    assert "Each week" not in bob.get("/").words


def test_people_are_found(bob: Browser, visitor: Browser) -> None:
    """By those who have signed in; typing gets only the list."""
    page = bob.get("/search?in=people&q=lovel")
    assert "Ada Lovelace" in page.words
    part = bob.get("/search?in=people&q=lovel", hx_request="true")
    assert 'id="found"' in part.text
    assert "<html" not in part.text
    assert "Nobody found" in bob.get("/search?in=people&q=qqq").words
    assert visitor.get("/search?in=people").status == 303


def test_typing_gets_only_what_is_found(bob: Browser) -> None:
    """Without the page around it."""
    part = bob.get("/search?q=tag:climate", hx_request="true")
    assert "climate-atlas" in part.text
    assert "<html" not in part.text
