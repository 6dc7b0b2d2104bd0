"""The page that makes a copy of a project."""

from tests.server.web.browser import Browser


def test_a_copy(ada: Browser, bob: Browser) -> None:
    """Offered to whoever may read; the form proposes a name and keeps what is typed."""
    assert "/ada/climate-atlas/duplicate" in bob.get("/ada/climate-atlas").text
    page = ada.get("/ada/climate-atlas/duplicate")
    assert 'value="climate-atlas-copy"' in page.text
    assert "It runs:" in page.words
    theirs = bob.get("/ada/climate-atlas/duplicate")
    assert 'value="climate-atlas"' in theirs.text
    wrong = bob.post("/ada/climate-atlas/duplicate", {"name": "a b"})
    assert wrong.status == 400
    assert 'value="a b"' in wrong.text
    made = bob.post("/ada/climate-atlas/duplicate", {"name": "mine"})
    assert made.location == "/bob/mine"
    assert bob.get("/bob/mine").status == 200
    assert bob.get("/ada/scratch/duplicate").status == 404
