"""What of people's Markdown and HTML is kept."""

import pytest

from aen.runtime.markup import SCHEMES, TAGS, lower_headings, markdown_parser


def test_nothing_acts() -> None:
    """No tag of the list does anything, and no scheme runs anything."""
    acting = "script style iframe object embed form input button img svg link meta h1"
    assert not TAGS & set(acting.split())
    assert not SCHEMES & {"javascript", "data", "vbscript", "file"}


@pytest.mark.parametrize(("by", "level"), [(0, 1), (1, 2), (2, 3), (9, 6)])
def test_headings(by: int, level: int) -> None:
    """They go below those that are ours, and not below the sixth."""
    tokens = markdown_parser(html=False).parse("# A\n\ntext")
    lower_headings(tokens, by)
    assert [one.tag for one in tokens if one.type.startswith("heading")] == [
        f"h{level}",
        f"h{level}",
    ]


@pytest.mark.parametrize("html", [True, False])
def test_html(*, html: bool) -> None:
    """It is markup or text, as one wishes; tables are known in any case."""
    said = markdown_parser(html=html).render("<b>x</b>\n\n|a|\n|-|\n|~~b~~|")
    assert ("<b>x</b>" in said) is html
    assert "<td><s>b</s></td>" in said
