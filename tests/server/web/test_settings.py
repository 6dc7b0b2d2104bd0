"""A project's settings."""

import pytest

from tests.server.web.browser import Browser

BASE = "/ada/scratch/settings/"


def test_edit(ada: Browser) -> None:
    """Summary, description and tags are kept and shown."""
    fields = {"summary": "Odds", "description": "# Hi\r\n", "tags": "B, a a"}
    assert ada.post(BASE, fields).location == f"{BASE}?done=saved"
    page = ada.get(f"{BASE}?done=saved")
    assert "Saved." in page.words
    assert 'value="a, b"' in page.text
    assert "<h3>Hi</h3>" in ada.get("/ada/scratch").text


def test_errors_keep_input(ada: Browser) -> None:
    """A refusal keeps what was typed."""
    fields = {"summary": "x" * 300, "description": "kept words", "tags": "t"}
    answered = ada.post(BASE, fields)
    assert answered.status == 400
    assert "kept words" in answered.text
    assert 'id="field-summary-wrong"' in answered.text


def test_two_people_write(ada: Browser) -> None:
    """The second sees what the first wrote, keeps their own words, and may save."""
    seen = _edition(ada.get(BASE).text)
    first = {"summary": "first", "description": "of one", "tags": "", "edition": seen}
    assert ada.post(BASE, first).location == f"{BASE}?done=saved"
    second = {**first, "summary": "second", "description": "of two"}
    told = ada.post(BASE, second)
    assert told.status == 412
    assert "since you looked" in told.words
    assert "of one" in told.words
    assert "of two" in told.words
    newest = _edition(told.text)
    assert newest != seen
    assert ada.post(BASE, {**second, "edition": newest}).status == 303
    assert "of two" in ada.get("/ada/scratch").words


def test_a_refusal_forgets_nobody(ada: Browser) -> None:
    """Who mends a mistake is still told of what was saved meanwhile."""
    seen = _edition(ada.get(BASE).text)
    long = {"summary": "x" * 300, "description": "", "tags": "", "edition": seen}
    assert _edition(ada.post(BASE, long).text) == seen
    ada.post(BASE, {"summary": "meanwhile", "description": "", "tags": ""})
    assert _edition(ada.post(BASE, {**long, "preview": "1"}).text) == seen
    assert ada.post(BASE, {**long, "summary": "mended"}).status == 412


def _edition(text: str) -> str:
    return text.partition('name="edition" value="')[2].partition('"')[0]


def test_preview(ada: Browser) -> None:
    """A preview changes nothing, with the page's script or without."""
    fields = {"summary": "", "description": "**bold**", "tags": "", "preview": "1"}
    whole = ada.post(BASE, fields)
    assert "<strong>bold</strong>" in whole.text
    part = ada.post(f"{BASE}preview", fields)
    assert part.text.strip() == "<p><strong>bold</strong></p>"
    assert "bold" not in ada.get("/ada/scratch").text


def test_team(ada: Browser, bob: Browser) -> None:
    """A member added sees the project; one removed does not."""
    assert bob.get("/ada/scratch").status == 404
    page = ada.get(f"{BASE}team")
    assert ">Team</h2>" in page.text
    assert ">Add member</button>" in page.text
    assert ada.post(f"{BASE}team", {"user": "bob", "role": "member"}).status == 303
    assert bob.get("/ada/scratch").status == 200
    assert ">Remove</button>" in ada.get(f"{BASE}team").text
    assert ada.post(f"{BASE}team/bob/remove").status == 303
    assert bob.get("/ada/scratch").status == 404


def test_guests(ada: Browser) -> None:
    """A last day makes a guest; the page shows it, and it can be taken back."""
    who = {"user": "bob", "role": "viewer"}
    assert ada.post(f"{BASE}team", {**who, "until": "2024-01-31"}).status == 303
    page = ada.get(f"{BASE}team")
    assert 'value="2024-01-31"' in page.text
    assert "Guest for" in page.words
    assert "Guest for" in ada.get("/ada/scratch").words
    past = ada.post(f"{BASE}team", {**who, "until": "1999-01-31"})
    assert past.status == 400
    assert "That day is over" in past.words
    assert ada.post(f"{BASE}team", {**who, "until": ""}).status == 303
    assert "Guest" not in ada.get("/ada/scratch").text


@pytest.mark.parametrize(
    ("user", "role", "status", "wrong"),
    [
        ("nobody", "member", 400, "There is no account “nobody”."),
        ("ada", "member", 409, "owns the project"),
        ("bob", "owner", 400, "“role” must be one of"),
    ],
)
def test_team_errors(
    ada: Browser, user: str, role: str, status: int, wrong: str
) -> None:
    """A member who cannot be is refused in words, and the name stays typed."""
    answered = ada.post(f"{BASE}team", {"user": user, "role": role})
    assert answered.status == status
    assert wrong in answered.words
    assert f'value="{user}"' in answered.text


def test_sections(bob: Browser) -> None:
    """Sections one may not use are not offered and not open."""
    path = "/ada/climate-atlas/settings/"
    member = bob.get(path)
    assert member.status == 200
    assert f'href="{path}admin"' not in member.text
    assert bob.get(f"{path}admin").status == 403
    assert bob.post(f"{path}visibility", {"visibility": "private"}).status == 403
    assert bob.post(f"{path}delete", {"confirm": "climate-atlas"}).status == 403


def test_controls(ada: Browser) -> None:
    """What can be done now is offered, and what a reset does is said."""
    words = ada.get("/ada/climate-atlas/settings/").words
    assert "Stop" in words
    assert "Reset ends everything" in words
    assert ada.post("/ada/climate-atlas/reset").location == "/ada/climate-atlas"


def test_who_may_what(ada: Browser, bob: Browser) -> None:
    """The table that holds, and what was done last, as far as its reader may know."""
    ada.post(f"{BASE}team", {"user": "bob", "role": "viewer"})
    mine = ada.get(f"{BASE}info").words
    assert "Who may what" in mine
    assert "Visitor" not in mine
    assert "ada made bob viewer of the team" in mine
    assert "ada made bob viewer of the team" in bob.get(f"{BASE}info").words
    assert "Visitor" in ada.get("/ada/climate-atlas/settings/info").words


def test_info(ada: Browser) -> None:
    """Where a project is and what it uses is told."""
    words = ada.get("/ada/climate-atlas/settings/info").words
    for told in ("Data center main", "Node node1", "Memory 700.0 MiB", "Processes 9"):
        assert told in words
