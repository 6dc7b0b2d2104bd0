"""Everything behind one door."""

from tests.server.web.browser import Browser


def test_parts(visitor: Browser) -> None:
    """Pages answer people, the API programs, each in its own way."""
    page, call = visitor.get("/nobody"), visitor.get("/api/v1/me")
    assert page.header("content-type").startswith("text/html")
    assert call.header("content-type").startswith("application/json")
    assert (page.status, call.status) == (404, 401)


def test_no_utf8(visitor: Browser) -> None:
    """An address that is no text is none of ours, and is no error of ours."""
    assert visitor.get("/%ff").status == 404
    assert visitor.get("/ada/%c0%ae%c0%ae").status == 404


def test_slashes(visitor: Browser) -> None:
    """A slash too many or too few is no other page; nobody is sent elsewhere."""
    assert visitor.get("/ada/").status == 200
    assert visitor.get("/ada/climate-atlas/").status == 200
    assert visitor.get("//ada").status == 200
    for path in ("//evil.example", "/ada//climate-atlas", "/ada/climate-atlas//"):
        answered = visitor.get(path)
        assert (answered.status, answered.location) == (404, "")
