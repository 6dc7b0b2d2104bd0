"""The API stands beside the pages."""

import json

import pytest

from tests.server.web.api.program import Program


def test_pages_and_api_do_not_meet(adas: Program) -> None:
    """An API address answers JSON, also one that is not there; a page answers HTML."""
    assert adas.ask("GET", "/me")[0] == 200
    page = adas.browser.get("/login")
    assert page.header("content-type").startswith("text/html")
    other = adas.browser.get("/api/v2/me")
    assert other.status == 404
    assert other.header("content-type").startswith("text/html")


@pytest.mark.parametrize("path", ["/nothing", "/projects/a/b/c/d/e", "/", "/%ff"])
def test_an_unknown_call(adas: Program, path: str) -> None:
    """It is 404, in JSON, also where the address is nonsense."""
    status, answer = adas.ask("GET", path)
    assert (status, answer["error"]["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/me", "GET, HEAD"),
        ("PUT", "/users", "GET, HEAD, POST"),
        ("GET", "/projects/ada/scratch/start", "POST"),
        ("DELETE", "/openapi.json", "GET, HEAD"),
    ],
)
def test_a_wrong_method(nobody: Program, method: str, path: str, allowed: str) -> None:
    """It is 405 and says what the address takes (RFC 9110 section 15.5.6)."""
    answered = nobody.raw(method, path)
    assert (answered.status, answered.header("allow")) == (405, allowed)
    error = json.loads(answered.text)["error"]
    assert error["code"] == "method_not_allowed"
    assert allowed in error["message"]
