"""Making projects and working with them."""

import re

import pytest

from tests.server.furnished import GATEWAY, World
from tests.server.web.browser import Browser

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=y>"


def test_create(ada: Browser) -> None:
    """A name is enough for a project; it is shown at once, stopped."""
    form = ada.get("/projects/new")
    assert ">Name</label>" in form.text
    assert "Summary" in form.words
    assert 'aria-label="Private"' in form.text
    assert 'aria-label="Public"' in form.text
    answered = ada.post("/projects/new", {"name": "lab", "summary": "Mine"})
    assert answered.location == "/ada/lab"
    home = ada.get("/ada/lab")
    assert "Stopped" in home.words
    assert ">Start<" in re.sub(r"<svg.*?</svg>|\s", "", home.text)


def test_create_from_an_archive(ada: Browser) -> None:
    """A page in between leads to where it is taken; a mistake loses nothing."""
    answered = ada.post("/projects/new", {"name": "lab", "from": "archive"})
    assert answered.status == 200
    assert "/ada/lab/files/.aen-app/import" in answered.text
    assert "Your project is made" in answered.words
    again = ada.post("/projects/new", {"name": "lab", "from": "archive"})
    assert again.status == 409
    assert 'value="archive" checked' in again.text


BAD_NAMES = ("", "..", "a/b", "x" * 300, "l\u0430b", "new", "settings", HOSTILE, "a b")


@pytest.mark.parametrize("name", BAD_NAMES)
def test_bad_names(ada: Browser, name: str) -> None:
    """A name that cannot be is refused beside its field, and nothing typed is lost."""
    fields = {"name": name, "summary": HOSTILE, "visibility": "public"}
    answered = ada.post("/projects/new", fields)
    assert answered.status == 400
    assert 'id="field-name-wrong"' in answered.text
    assert "&lt;script&gt;alert(1)" in answered.text
    assert "<script>alert" not in answered.text
    assert 'value="public" checked' in answered.text


def test_name_taken(ada: Browser) -> None:
    """A name can be used once, in whatever case."""
    answered = ada.post("/projects/new", {"name": "SCRATCH"})
    assert answered.status == 409
    assert "There is a project" in answered.words


def test_the_files_app_has_no_tile(ada: Browser) -> None:
    """It is where a download is, not among the apps."""
    assert 'aria-label="Terminal"' in ada.get("/ada/climate-atlas").text
    assert 'aria-label="Files"' not in ada.get("/ada/climate-atlas").text
    info = ada.get("/ada/climate-atlas/settings/info")
    assert "/ada/climate-atlas/files/?archive=tar.gz" in info.text
    assert "Download as an archive" in info.words


def test_home(ada: Browser) -> None:
    """A project's page says how it is, what can be opened, and who works there."""
    home = ada.get("/ada/climate-atlas")
    assert "Running" in home.words
    assert 'id="stop"' in home.text
    assert 'id="start"' not in home.text
    for title in ("JupyterLab", "Notebook", "Terminal", "Workbench", "Viewer"):
        assert f'aria-label="{title}"' in home.text
    assert f'href="{GATEWAY}/ada/climate-atlas/jupyterlab/' in home.text
    assert 'aria-label="End Terminal of bob"' in home.text
    assert "What this is" in home.words
    assert 'data-stream="/ada/climate-atlas/events"' in home.text


def test_visitor(visitor: Browser) -> None:
    """A visitor of a public project looks, and finds nothing to press."""
    home = visitor.get("/ada/climate-atlas")
    assert 'aria-label="Viewer"' in home.text
    for absent in ('aria-label="JupyterLab"', 'id="stop"', "Running now", "/settings/"):
        assert absent not in home.text


def test_progress(ada: Browser) -> None:
    """A start shows its step and how far it is."""
    home = ada.get("/ada/engine-notes")
    assert "Cloning the environment “default” 42 %" in home.words
    assert 'value="42"' in home.text


def test_failure(ada: Browser) -> None:
    """A failure shows the reason, the last lines, and Reset."""
    home = ada.get("/ada/survival")
    assert "the package index did not answer" in home.words
    assert "error: Failed to fetch numpy" in home.words
    assert 'id="reset"' in home.text


def test_start(ada: Browser) -> None:
    """Start leads back to the page, which shows that it starts; twice is once."""
    assert ada.post("/ada/scratch/start").location == "/ada/scratch"
    assert "Starting" in ada.get("/ada/scratch").words
    assert ada.post("/ada/scratch/start").status == 303
    assert ada.get("/admin/tasks").words.count("Start project ada/scratch") == 1


def test_start_in_place(ada: Browser) -> None:
    """With the page's script only the part that changed comes back."""
    answered = ada.post("/ada/scratch/start", hx_request="true")
    assert answered.status == 200
    assert "<html" not in answered.text
    assert 'id="live"' in answered.text
    assert "Starting" in answered.words


def test_a_reader_of_a_stopped_project(ada: Browser, visitor: Browser) -> None:
    """Is told who can start it, where the apps and the files would be."""
    ada.post("/ada/scratch/settings/team", {"user": "eve", "role": "viewer"})
    eve = visitor.sign_in("eve")
    home = eve.get("/ada/scratch")
    assert "ada/scratch is stopped." in home.words
    assert "ask ada to." in home.words
    assert 'id="start"' not in home.text
    info = eve.get("/ada/scratch/settings/info")
    assert "ask ada to." in info.words
    assert "?archive=" not in info.text
    ada.post("/ada/scratch/start")
    assert 'aria-label="Viewer"' in eve.get("/ada/scratch").text
    assert "?archive=tar.gz" in eve.get("/ada/scratch/settings/info").text


def test_not_allowed(visitor: Browser) -> None:
    """What one may not do is refused in words, on the page."""
    eve = visitor.sign_in("eve")
    refused = eve.post("/ada/climate-atlas/stop")
    assert refused.status == 403
    assert "Running" in refused.words
    assert 'role="alert"' in refused.text
    assert eve.post("/ada/scratch/start").status == 404


def test_stop_app(ada: Browser) -> None:
    """An app that runs is ended from the page; one that does not says so."""
    path = "/ada/climate-atlas/apps/terminal-bob/stop"
    assert ada.post(path).location == "/ada/climate-atlas"
    answered = ada.post("/ada/climate-atlas/apps/nothing/stop")
    assert answered.status == 404
    assert "does not run" in answered.words
    assert "Apps" in answered.words


def test_node_down(ada: Browser, world: World) -> None:
    """A page is whole while the data center is silent, and says so."""
    world.nodes.silent = True
    home = ada.get("/ada/climate-atlas")
    assert home.status == 200
    assert "does not answer" in home.words


def test_hostile_description(ada: Browser) -> None:
    """What others write is shown, never run."""
    fields = {"summary": HOSTILE, "description": HOSTILE, "tags": "<b>"}
    assert ada.post("/ada/scratch/settings/", fields).status == 303
    for path in ("/ada/scratch", "/", "/ada", "/search?q=script", "/ada/scratch/team"):
        text = ada.get(path).text
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "<b></a>" not in text
