"""Numbers of things in sentences."""

import pytest

from aen.model.counting import counted


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 guests"), (1, "1 guest"), (2, "2 guests")]
)
def test_one_is_not_many(number: int, words: str) -> None:
    """One guest, but two guests, and no guests."""
    assert counted(number, "guest") == words
