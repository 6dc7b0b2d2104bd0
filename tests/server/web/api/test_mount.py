"""The API stands beside the pages."""

from tests.server.web.api.program import Program


def test_pages_and_api_do_not_meet(adas: Program) -> None:
    """An API address answers JSON, also one that is not there; a page answers HTML."""
    assert adas.ask("GET", "/me")[0] == 200
    page = adas.browser.get("/login")
    assert page.header("content-type").startswith("text/html")
    other = adas.browser.ask("GET", "/api/v2/me", b"", {})
    assert other.status == 404
