"""What people write about themselves and their projects."""

import pytest

from aen.model.errors import Invalid
from aen.server import profile


def test_for_the_log() -> None:
    """One bounded line without control characters, whatever somebody typed."""
    assert profile.cleaned("ada\r\n\x1b[31m\u202eroot\ud800", 12) == "ada???[31m?r"
    assert profile.cleaned("\ud800", 9) == "?"


def test_lines_are_tidied() -> None:
    """Spaces at the ends and in rows are not meant."""
    assert profile.display_name("  Ada   Lovelace ") == "Ada Lovelace"
    assert profile.email(" a@b.org ") == "a@b.org"
    assert profile.email("") == ""


@pytest.mark.parametrize(
    "text",
    ["a", "@", "a@", "a b@c", "a@b c", "a" * 300 + "@b", "a>@b", "a@b,c@d", "<a@b>"],
)
def test_what_is_no_address(text: str) -> None:
    """It is refused beside its field."""
    with pytest.raises(Invalid) as refusal:
        profile.email(text)
    assert "email" in refusal.value.fields


@pytest.mark.parametrize("text", ["x" * 101, "a\x00b", "\u202eevil"])
def test_what_is_no_name(text: str) -> None:
    """Too long, or made to look like something else."""
    with pytest.raises(Invalid):
        profile.display_name(text)


def test_tags() -> None:
    """Lower case, each once, in order."""
    assert profile.tags((" Deep ", "deep", "", "a-b")) == ("a-b", "deep")
    for wrong in (("a b",), ("x" * 41,), ("\u202e",)):
        with pytest.raises(Invalid):
            profile.tags(wrong)


def test_descriptions_keep_their_lines() -> None:
    """They are Markdown; browsers send CRLF."""
    assert profile.description("a\r\nb") == "a\nb"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("https://example.org/~ada", "https://example.org/~ada"),
        (" HTTP://example.org:8080 ", "HTTP://example.org:8080"),
        ("example.org/ada", "https://example.org/ada"),
    ],
)
def test_addresses_of_pages(text: str, expected: str) -> None:
    """People leave the beginning out."""
    assert profile.web_address(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "javascript://example.org/%0aalert(1)",
        "data:text/html,x",
        "ftp://example.org",
        "https://",
        "https://ada:secret@example.org",
        "https://example.org:99999",
        "https://[::1",
        "https://example.org/a b",
        "https://example.org\\@evil.example",
        "https://example.org/" + "x" * 200,
    ],
)
def test_what_is_no_address_of_a_page(text: str) -> None:
    """Others will follow it."""
    with pytest.raises(Invalid) as refusal:
        profile.web_address(text)
    assert "url" in refusal.value.fields


def test_where_people_are() -> None:
    """Short lines of their own words."""
    assert profile.company(" Analytical  Engines ") == "Analytical Engines"
    assert profile.location("London") == "London"
    for check in (profile.company, profile.location):
        with pytest.raises(Invalid):
            check("x" * 101)
