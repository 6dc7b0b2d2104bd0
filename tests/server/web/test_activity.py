"""The page of what happened in a project, and the few lines on its own page."""

from tests.server.web.browser import Browser


def test_a_project_says_what_happened(ada: Browser, bob: Browser) -> None:
    """Who did what, in words; the same on the project's own page."""
    ada.post("/ada/scratch/settings/", {"summary": "Sketches", "tags": "maps"})
    ada.post("/ada/scratch/start")
    page = ada.get("/ada/scratch/activity")
    assert page.status == 200
    assert "ada started the project" in page.words
    assert "Summary Sketches" in page.words
    home = ada.get("/ada/scratch")
    assert "ada started the project" in home.words
    assert "/ada/scratch/activity" in home.text
    assert bob.get("/ada/scratch/activity").status == 404


def test_one_kind_alone(ada: Browser) -> None:
    """The kind is in the address; an unknown one is refused."""
    ada.post("/ada/scratch/start")
    assert "Nothing of this kind" in ada.get("/ada/scratch/activity?topic=team").words
    used = ada.get("/ada/scratch/activity?topic=use")
    assert "started the project" in used.words
    assert ada.get("/ada/scratch/activity?topic=weather").status == 400


def test_the_script_asks_for_the_last_of_it(ada: Browser) -> None:
    """It comes without the page around it."""
    ada.post("/ada/scratch/start")
    part = ada.get("/ada/scratch/activity", hx_request="true")
    assert part.text.lstrip().startswith('<div id="activity"')
    assert "started the project" in part.words


def test_visitors(visitor: Browser) -> None:
    """A public project's activity is open to them, and says nothing of people."""
    assert visitor.get("/ada/climate-atlas/activity").status == 200
