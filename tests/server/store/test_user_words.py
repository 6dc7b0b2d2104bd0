"""The words by which accounts are found."""

import pytest

from aen.server.store.user_words import derived, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ada Lovelace", ["ada", "lovelace"]),
        ("José-María", ["josé", "maría", "jose", "maria"]),
        ("bob_1", ["bob", "1"]),
        (" .,- ", []),
        ("李 小龍", ["李", "小龍"]),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    """In small letters, with and without accents."""
    assert words_of(text) == words


def test_words_are_bounded() -> None:
    """However much somebody writes."""
    assert len(words_of(" ".join(map(str, range(100))))) == 20
    assert words_of("x" * 99) == ["x" * 40]


def test_derived() -> None:
    """From what an account holds; never having signed in comes first."""
    document = {
        "name": "ada-l", "display_name": "Ada L.", "email": "Ada@Example.org",
        "last_sign_in": None,
    }  # fmt: skip
    assert derived(document) == {
        "words": ["ada-l", "ada", "l"], "mail": "ada@example.org", "seen": 0.0,
    }  # fmt: skip
