"""HTML that was written by anybody."""

import re

import pytest
from markupsafe import Markup

from aen.compute.apps.viewer.rendering.cleaning import Kept, clean, shows_something
from aen.compute.apps.viewer.rendering.links import Links, Place

PLACE = Place("/ada/lab/viewer/raw/")
_ACTS = re.compile(
    r"<(?:script|iframe|object|embed|svg|form|input|button|link|meta|base|style|template)"
    r"|\son\w+\s*=|javascript:|url\(|position|src=\"(?!/ada/lab/viewer/raw/|data:image/)",
    re.IGNORECASE,
)


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<ScRiPt src=//evil.example>",
        "<img src=x onerror=alert(1)>",
        "<img src=//evil.example/x>",
        "<svg onload=alert(1)><script>x</script></svg>",
        "<svg><style><img src=x onerror=alert(1)></style></svg>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href='java\nscript:alert(1)'>x</a>",
        "<a href='&#106;avascript:alert(1)'>x</a>",
        "<iframe srcdoc='<script>x</script>'></iframe>",
        "<object data=x></object><embed src=x>",
        "<form action=/logout><button>x</button><input></form>",
        "<style>@import url(//evil.example)</style>",
        "<p style='background:url(//evil.example);position:fixed;top:0'>x</p>",
        "<link rel=stylesheet href=//evil.example>",
        "<meta http-equiv=refresh content='0;url=//evil.example'>",
        "<base href=//evil.example>",
        "<video poster=//evil.example src=//evil.example></video>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
        "<template><script>x</script></template>",
        "<img srcset='//evil.example 2x' src='data:text/html,x'>",
        "<a ping=//evil.example href=x>y</a>",
        "<details ontoggle=alert(1) open>x</details>",
        "<!--[if IE]><script>x</script><![endif]-->",
        "<textarea></textarea><img src=x onerror=alert(1)>",
    ],
)
def test_hostile(html: str) -> None:
    """Nothing in it acts, loads from elsewhere or lies over the page."""
    tags = re.findall("<[^>]*>", clean(html, Links(PLACE)))
    assert not [tag for tag in tags if _ACTS.search(tag)], tags


@pytest.mark.parametrize(
    ("html", "cleaned"),
    [
        ("<h1 id=x>T</h1>", '<h2 id="x">T</h2>'),
        ("<h10>T", "T"),
        (
            '<td style="text-align: right; color: red">1</td>',
            "1",
        ),
        (
            "<p style='text-align: right; color: red' title=x>1",
            '<p style="text-align:right" title="x">1</p>',
        ),
        ('<img src="a.png" alt="A">', '<img src="/ada/lab/viewer/raw/a.png" alt="A">'),
        ('<img src="a.png">', '<img alt="" src="/ada/lab/viewer/raw/a.png">'),
        ("<p class=top>x</p>", "<p>x</p>"),
        ("<center>x</center>", "x"),
    ],
)
def test_kept(html: str, cleaned: str) -> None:
    """What says something stays, without the colours of another page."""
    assert clean(html, Links(PLACE)) == cleaned


def test_in_a_frame() -> None:
    """Other sites open in a window of their own; what is ours stays in the frame."""
    links = Links(Place(PLACE.raw, query="?bare=1"))
    html = clean(
        '<a title=">" href="https://x.example">a</a> <a href="b.md">b</a>', links
    )
    assert 'target="_blank"' not in html.partition("</a>")[2]
    assert '<a href="b.md?bare=1"' in html
    html = clean('<a href="https://x.example">a</a>', links)
    assert html.startswith('<a target="_blank" href="https://x.example" rel="noopener')


@pytest.mark.parametrize(
    ("html", "shows"),
    [
        ("<div> <p></p>\n</div>", False),
        ("<div>x</div>", True),
        ("<p><img></p>", True),
        ("", False),
    ],
)
def test_shows_something(html: str, *, shows: bool) -> None:
    """Empty elements are nothing to look at."""
    assert shows_something(Markup(html)) is shows  # noqa: S704 -- of these tests


def test_pieces_of_ours() -> None:
    """They are filled in once, whatever is in them; what looks like one stays."""
    kept = Kept("secret")
    first, second = kept.put(Markup("<b>1</b>")), kept.put(Markup("secretx0z"))
    html = Markup("{} {} otherx0z").format(first, second)
    assert kept.fill(html) == "<b>1</b> secretx0z otherx0z"
