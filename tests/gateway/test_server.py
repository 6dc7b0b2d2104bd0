"""What the server answers, and what becomes of it when it answers oddly."""

import pytest

from aen.gateway.server import read_token
from aen.gateway.signin import TokenAnswer
from aen.model.errors import Forbidden, Unavailable


def test_a_session_for_a_code() -> None:
    """RFC 6749 section 5.1, with the session in place of an access token."""
    body = (
        b'{"session": "s", "user": "ada", "expires_in": 60, "token_type": "aen-pass"}'
    )
    assert read_token(200, body) == TokenAnswer("s", "ada", 60.0)


@pytest.mark.parametrize(
    ("code", "body", "kind"),
    [
        (400, b'{"error": "invalid_grant"}', Forbidden),
        (503, b'{"error": {"code": "unavailable"}}', Unavailable),
        (200, b"{}", Unavailable),
        (200, b"<html>", Unavailable),
        (404, b"{}", Unavailable),
        (200, b'{"session": "s", "user": "a", "expires_in": "x"}', Unavailable),
    ],
)
def test_anything_else_is_a_refusal(
    code: int, body: bytes, kind: type[Exception]
) -> None:
    """Whether the code or the server is at fault is told apart."""
    with pytest.raises(kind):
        read_token(code, body)
