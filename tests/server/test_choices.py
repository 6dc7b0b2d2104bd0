"""Choices by a word."""

import pytest

from aen.model.errors import Invalid
from aen.model.projects import Visibility
from aen.server.choices import chosen


def test_a_word_is_one_of_them() -> None:
    """By its value, to the letter."""
    assert chosen(Visibility, "public", "visibility") is Visibility.PUBLIC


@pytest.mark.parametrize("text", ["", "Public", "PUBLIC", "secret"])
def test_another_is_told_which_there_are(text: str) -> None:
    """In one sentence, at the field it was sent in."""
    with pytest.raises(Invalid) as wrong:
        chosen(Visibility, text, "visibility")
    told = "“visibility” must be one of “private”, “public”."
    assert (wrong.value.message, wrong.value.fields) == (told, {"visibility": told})
