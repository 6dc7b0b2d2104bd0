"""Browsers as people call them."""

import pytest

from aen.server.browsers import browser_name


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/1 Safari/537", "Chrome on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/1 Safari/1 Edg/1", "Edge on Windows"),
        ("curl/8", "curl/8"),
        ("", "Unknown browser"),
    ],
)
def test_browser(agent: str, words: str) -> None:
    """People recognise their browsers."""
    assert browser_name(agent) == words
