"""What letters say, and how they look."""

import html

import pytest

from aen.server.mail.letters import (
    Letter,
    LetterKind,
    Sending,
    as_html,
    as_text,
    moment,
    words_of,
)

SENDING = Sending("Notes & Co", "http://aen.example", "ada", "http://x/y?a=1&b=2", 24)
FACTS = {"From": "192.0.2.1", "Browser": "<script>alert(1)</script>"}


@pytest.mark.parametrize("kind", list(LetterKind))
def test_every_kind_has_words(kind: LetterKind) -> None:
    """The same in plain text and in HTML; what comes from outside stays text."""
    words = words_of(Letter("l1", kind, 0.0, facts=FACTS), SENDING)
    text, page = as_text(words, SENDING), as_html(words, SENDING)
    for part in (*words.paragraphs, *words.last):
        assert part in text
        assert html.escape(part) in page
    assert "\n" not in words.subject
    assert SENDING.site in words.subject
    assert "<script" not in page
    assert "Notes &amp; Co" in page
    assert text.endswith("\n-- \nNotes & Co\nhttp://aen.example\n")


@pytest.mark.parametrize("kind", [LetterKind.RESET, LetterKind.CONFIRM])
def test_links(kind: LetterKind) -> None:
    """They stand alone on a line, and say how long they are good."""
    words = words_of(Letter("l1", kind, 0.0), SENDING)
    assert "\nhttp://x/y?a=1&b=2\n" in as_text(words, SENDING)
    assert 'href="http://x/y?a=1&amp;b=2"' in as_html(words, SENDING)
    assert "for 24 hours" in as_text(words, SENDING)


@pytest.mark.parametrize(
    ("hours", "expected"),
    [(0.5, "30 minutes"), (0.001, "1 minute"), (1.0, "an hour"), (48, "48 hours")],
)
def test_how_long(hours: float, expected: str) -> None:
    """In words."""
    sending = Sending("s", "http://x", "ada", "http://x/y", hours)
    words = words_of(Letter("l1", LetterKind.RESET, 0.0), sending)
    assert f"for {expected}." in words.last[0]


def test_times() -> None:
    """With the zone: the reader may be anywhere."""
    assert moment(1_700_000_000) == "14 November 2023, 22:13 UTC"
