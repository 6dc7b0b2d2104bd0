"""The announcement, as people see it."""

from tests.server.web.browser import Browser


def test_dismissed_by_one(ada: Browser, bob: Browser, visitor: Browser) -> None:
    """It is on every page until it is dismissed; a new one is shown again."""
    ada.post("/admin/announcement", {"text": "Tea at <four>", "level": "urgent"})
    for page in (bob.get("/"), visitor.get("/login"), bob.get("/no/such")):
        assert "Tea at &lt;four&gt;" in page.text
        assert 'role="alert"' in page.text
    done = bob.post("/account/announcement", {"next": "/search?q=a"})
    assert done.location == "/search?q=a"
    assert "Tea at" not in bob.get("/").text
    assert "Tea at" in visitor.get("/login").text
    assert bob.post("/account/announcement", {"next": "//evil"}).location == "/"


def test_by_script(ada: Browser, bob: Browser) -> None:
    """A page that is open fetches the part anew, and takes it away."""
    assert "Tea" not in bob.get("/account/announcement").text
    ada.post("/admin/announcement", {"text": "Tea"})
    part = bob.get("/account/announcement").text
    assert "Tea" in part
    assert "<html" not in part
    gone = bob.post("/account/announcement", {}, hx_request="true")
    assert "Tea" not in gone.text
    assert 'id="announcement"' in gone.text
