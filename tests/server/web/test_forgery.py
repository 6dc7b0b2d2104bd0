"""Changes are made only when a page of ours asked for them."""

import pytest

from aen.model.errors import Forbidden
from aen.server.web.forgery import Claim, check

OURS = "https://aen.example"
RIGHT = "a" * 64


@pytest.mark.parametrize(
    ("token", "origin", "site", "good"),
    [
        (RIGHT, OURS, "same-origin", True),
        (RIGHT, OURS, None, True),
        (RIGHT, None, "same-origin", True),
        (RIGHT, None, None, True),
        (RIGHT, None, "none", True),
        (RIGHT, OURS, "same-site", False),
        (RIGHT, OURS, "cross-site", False),
        (RIGHT, None, "cross-site", False),
        (RIGHT, "https://evil.example", "same-origin", False),
        (RIGHT, "https://evil.example", None, False),
        (RIGHT, "https://aen.example:8443", None, False),
        (RIGHT, "http://aen.example", None, False),
        (RIGHT, "null", None, False),
        (RIGHT, "", None, False),
        ("b" * 64, OURS, "same-origin", False),
        ("", OURS, "same-origin", False),
        (None, OURS, "same-origin", False),
        ("é", OURS, "same-origin", False),
    ],
)
def test_claims(
    token: str | None, origin: str | None, site: str | None, *, good: bool
) -> None:
    """Both the token and the place it is sent from must be ours."""
    claim = Claim(token, origin, site)
    if good:
        check(claim, RIGHT, OURS)
    else:
        with pytest.raises(Forbidden):
            check(claim, RIGHT, OURS)
