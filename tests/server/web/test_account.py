"""One's own account."""

import html
import re

from tests.server.web.browser import Browser


def test_profile(bob: Browser) -> None:
    """Name and address are changed, or refused with what was typed."""
    fields = {"display_name": "Robert <b>", "email": "r@example.org"}
    assert bob.post("/account/profile", fields).status == 303
    assert "Robert &lt;b&gt;" in bob.get("/bob").text
    wrong = bob.post("/account/profile", {"display_name": "R", "email": "nonsense"})
    assert wrong.status == 400
    assert 'value="nonsense"' in wrong.text


def test_people(bob: Browser) -> None:
    """Names complete themselves; addresses stay private."""
    found = bob.get("/account/people?user=ad")
    assert 'value="ada"' in found.text
    assert "example.org" not in found.text
    assert not bob.get("/account/people").text


def test_log(bob: Browser) -> None:
    """Acts are shown with who, when and from where; what gives access stands out."""
    bob.post("/account/tokens", {"note": "<nightly>", "days": "30"})
    shown = bob.get("/account/log")
    assert "Signed in" in shown.words
    assert "Token made Was this you?" in shown.words
    assert "&lt;nightly&gt;" in shown.text
    assert "Token made" in bob.get("/account/log?about=account").words
    assert "Token made" not in bob.get("/account/log?about=projects").words
    assert bob.get("/account/log?about=weather").status == 400
    assert bob.get("/account/log?cursor=weather").status == 400


def test_log_of_what_others_did(bob: Browser, ada: Browser) -> None:
    """An administrator's act at one's account, and refusals in one's name."""
    ada.post("/admin/users/bob/reset")
    for _ in range(60):
        bob.post("/account/tokens", {"note": "nightly", "days": "30"})
    first = bob.get("/account/log")
    assert "Reset link made" not in first.words
    (following,) = re.findall(r'rel="next" href="([^"]+)"', first.text)
    second = bob.get(html.unescape(following))
    assert "Reset link made Was this" not in second.words
    assert "Reset link made By somebody else" in second.words
