"""Descriptions can do nothing but say something."""

import re

import pytest

from aen.server.web.markdown import LONGEST, render

ALLOWED = re.compile(
    r"</?(?:p|em|code|table|thead|tbody|tr|th|td)>|</a>"
    r'|<a (?:href="https://[^"<>]*" )?(?:title="[^"<>]*" )?rel="[a-z ]*">'
)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '<a href="javascript:alert(1)">x</a>',
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        "![x](https://evil.example/beacon.png)",
        "<svg onload=alert(1)>",
        "<style>*{}</style>",
        '<div style="position:fixed">x</div>',
        "|a|\n|:-:|\n|b|",
        "<form action=/logout><button>",
        '[x](https://ok.example "onmouseover=alert(1)")',
        "[x](https://ok.example/\"onmouseover='alert(1)')",
        "<iframe src=//evil.example>",
        "&lt;script&gt;",
    ],
)
def test_hostile(text: str) -> None:
    """No tag, address or attribute that acts gets through."""
    tags = re.findall(r"<[^>]*>", render(text))
    for tag in tags:
        assert ALLOWED.fullmatch(tag), tag


def test_plain() -> None:
    """What people write is shown, its headings below those of the page."""
    html = render("# Big\n\n*soft* `code` [site](https://ok.example)")
    assert "<h3>Big</h3>" in html
    assert "<em>soft</em> <code>code</code>" in html
    assert 'rel="noopener noreferrer nofollow ugc"' in html


def test_bounded() -> None:
    """A text without end, or nested without end, is rendered in part and in time."""
    assert len(render("a " * LONGEST)) < LONGEST * 2
    assert render("> " * 5000 + "x")
    assert render("[" * 20_000)
