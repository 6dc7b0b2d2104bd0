"""Secrets that are kept sealed."""

import pytest

from aen.model.errors import Invalid
from aen.server.secret_text import SecretText

ONE = SecretText(b"k" * 32, "smtp")


def test_there_and_back() -> None:
    """Each time in other words."""
    sealed = ONE.seal("geheim ✓")
    assert "geheim" not in sealed
    assert ONE.open(sealed) == "geheim ✓"
    assert ONE.seal("geheim ✓") != sealed


@pytest.mark.parametrize(
    "other", [SecretText(b"x" * 32, "smtp"), SecretText(b"k" * 32, "else")]
)
def test_nobody_else_opens_it(other: SecretText) -> None:
    """Neither another key nor another purpose."""
    with pytest.raises(Invalid):
        other.open(ONE.seal("hush"))


@pytest.mark.parametrize("broken", ["", "x", "AAAA", "not base64 at all!", "A" * 80])
def test_broken(broken: str) -> None:
    """What was never sealed is refused, not a crash."""
    with pytest.raises(Invalid):
        ONE.open(broken)
