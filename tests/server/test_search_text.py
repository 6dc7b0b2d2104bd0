"""What is typed into the search box."""

import pytest

from aen.server.search_text import SearchText, parse_search

TYPED = [
    ("", SearchText()),
    ("  tide  tables ", SearchText("tide tables")),
    ("tide tag:Sea owner:Ada", SearchText("tide", "sea", "ada")),
    ("is:starred brest", SearchText("brest", starred=True)),
    ("is:shared x", SearchText("x", shared=True)),
    ("is:public", SearchText(visibility="public")),
    ("visibility:private x", SearchText("x", visibility="private")),
    ("visibility:odd", SearchText("visibility:odd")),
    ("tag: http://x", SearchText("tag: http://x")),
    (" ".join("abcdefghijkl"), SearchText(" ".join("abcdefghij"))),
]


@pytest.mark.parametrize(("text", "expected"), TYPED)
def test_keys_are_told_from_words(text: str, expected: SearchText) -> None:
    """What is no key of ours is looked for as it is."""
    assert parse_search(text) == expected
