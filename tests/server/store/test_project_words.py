"""The words by which projects are found."""

import pytest

from aen.server.store.project_words import EXACT, TEXT, TITLES, derived, rank

DOCUMENT = {
    "name": "Tide-Tables",
    "owner": "ada",
    "summary": "Ebbe und Flut à Brest",
    "description": "Harmonic analysis of the sea level",
    "tags": ["sea", "harbour master"],
}

RANKS = [
    ("tide-tables", ("tide", "tables"), EXACT),
    ("tid", ("tid",), TITLES),
    ("harb", ("harb",), TITLES),
    ("tide brest", ("tide", "brest"), TEXT),
    ("analysis", ("analysis",), TEXT),
]


def test_words_are_those_of_all_texts() -> None:
    """Small, without accents as well; those of name and tags apart."""
    found = derived(DOCUMENT)
    assert {"tide-tables", "tide", "tables", "sea", "harbour"} <= set(found["titles"])
    assert "brest" not in found["titles"]
    assert {"ada", "brest", "à", "a", "harmonic", "tide"} <= set(found["words"])


def test_long_texts_are_bounded() -> None:
    """A document stays a document."""
    text = " ".join(f"word{number}" for number in range(5000))
    assert len(derived({**DOCUMENT, "description": text})["words"]) <= 300


@pytest.mark.parametrize(("whole", "asked", "expected"), RANKS)
def test_names_and_tags_weigh_more(
    whole: str, asked: tuple[str, ...], expected: int
) -> None:
    """Best is what is called so."""
    assert rank({**DOCUMENT, **derived(DOCUMENT)}, asked, whole) == expected
