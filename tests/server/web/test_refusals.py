"""Errors are told as HTTP wants it."""

import pytest

from aen.model.errors import AenError, NotFound, TooMany
from aen.server.web.refusals import Misdirected, WrongMethod, set_status
from tests.server.web.bare import bare_request


@pytest.mark.parametrize(
    ("error", "status", "headers"),
    [
        (NotFound("There is none."), 404, {}),
        (AenError("A mistake of ours."), 500, {}),
        (Misdirected("Not here."), 421, {}),
        (TooMany("Slowly.", retry_after=7), 429, {"retry-after": "7"}),
        (WrongMethod({"POST", "GET"}), 405, {"allow": "GET, POST"}),
    ],
)
def test_what_goes_with_an_error(
    error: AenError, status: int, headers: dict[str, str]
) -> None:
    """Its status, and the headers without which that is of no use."""
    request = bare_request()
    assert set_status(request, error) == request.responseCode == status
    written = request.responseHeaders
    for name in ("retry-after", "allow"):
        expected = [headers[name]] if name in headers else None
        assert written.getRawHeaders(name) == expected
