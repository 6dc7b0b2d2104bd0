"""What a project's owner decides on its settings' page."""

from tests.server.web.browser import Browser

BASE = "/ada/scratch/settings/"


def test_visibility(ada: Browser, visitor: Browser) -> None:
    """A public project opens for visitors, a private one closes."""
    post = f"{BASE}visibility"
    assert ada.post(post, {"visibility": "public"}).status == 303
    assert visitor.get("/ada/scratch").status == 200
    assert ada.post(post, {"visibility": "odd"}).status == 400
    assert ada.post(post, {"visibility": "private"}).status == 303
    assert visitor.get("/ada/scratch").status == 404


def test_delete(ada: Browser) -> None:
    """A project is deleted only when its name was typed."""
    wrong = ada.post(f"{BASE}delete", {"confirm": "scatch"})
    assert wrong.status == 400
    assert "Type “scratch” to delete it." in wrong.words
    right = ada.post(f"{BASE}delete", {"confirm": "scratch"})
    assert right.location == "/?done=deleting"
    assert "Delete project" in ada.get("/admin/tasks").words


def test_what_goes_is_said(ada: Browser) -> None:
    """Before its name is typed."""
    assert "it was never started and has no files" in ada.get(f"{BASE}admin").words
    words = ada.get("/ada/climate-atlas/settings/admin").words
    assert "all its files" in words
    assert "the access of its owner and" in words


def test_rename(ada: Browser) -> None:
    """The old address leads to the new one, with what follows; errors keep input."""
    wrong = ada.post(f"{BASE}rename", {"new_name": "a b"})
    assert wrong.status == 400
    assert 'id="field-new_name-wrong"' in wrong.text
    assert 'value="a b"' in wrong.text
    taken = ada.post(f"{BASE}rename", {"new_name": "Climate-Atlas"})
    assert taken.status == 409
    assert "There is a project" in taken.words
    sent = ada.post(f"{BASE}rename", {"new_name": "ice"})
    assert sent.location == "/ada/ice?done=renamed"
    assert "its new name" in ada.get(sent.location).words
    assert ada.get("/ada/scratch").location == "/ada/ice"
    assert ada.get("/ada/scratch?x=1").location == "/ada/ice?x=1"
    assert ada.get(f"{BASE}team?x=1").location == "/ada/ice/settings/team?x=1"
    part = ada.get("/ada/scratch/live", **{"hx-request": "true"})
    assert part.header("hx-redirect") == "/ada/ice"
    assert ada.post("/ada/scratch/start").status == 404


def test_transfer(ada: Browser, bob: Browser) -> None:
    """Its name is typed first; who gave it may stay in the team."""
    form = {"receiver": "bob", "stay": "1", "confirm_transfer": "scratch"}
    wrong = ada.post(f"{BASE}transfer", {**form, "confirm_transfer": "x"})
    assert wrong.status == 400
    assert "Type “scratch” to transfer it." in wrong.words
    nobody = ada.post(f"{BASE}transfer", {**form, "receiver": "nobody"})
    assert 'id="field-receiver-wrong"' in nobody.text
    assert ada.post(f"{BASE}transfer", form).location == "/bob/scratch?done=given"
    assert "Maintainer" in bob.get("/bob/scratch").words
    assert ada.get("/ada/scratch").location == "/bob/scratch"
    back = bob.post(
        "/bob/scratch/settings/transfer",
        {"receiver": "ada", "confirm_transfer": "scratch"},
    )
    assert back.location == "/?done=given"
    assert bob.get("/bob/scratch").status == 404
