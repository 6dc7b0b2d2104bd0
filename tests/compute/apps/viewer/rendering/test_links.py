"""Where files may point to."""

import pytest

from aen.compute.apps.viewer.rendering.links import REMOTE, Links, Place

RAW = "/ada/lab/viewer/raw/"
BARE = Place(RAW, "data/deep%20er", "?bare=1")


@pytest.mark.parametrize(
    ("address", "source"),
    [
        ("plot.png", f"{RAW}data/deep%20er/plot.png"),
        ("./a b.png", f"{RAW}data/deep%20er/a%20b.png"),
        ("../up.png?x=1#y", f"{RAW}data/up.png"),
        ("../../top.png", f"{RAW}top.png"),
        ("../../../out.png", None),
        ("%2e%2e/%2e%2e/%2e%2e/out.png", None),
        ("%2fetc/x.png", f"{RAW}data/deep%20er/etc/x.png"),
        ("a%ff.png", f"{RAW}data/deep%20er/a%FF.png"),
        ("\\\\evil.example\\x", f"{RAW}data/deep%20er/%5C%5Cevil.example%5Cx"),
        ("/logout", None),
        ("", None),
        ("?x", None),
        ("data:image/png;base64,AAAA", "data:image/png;base64,AAAA"),
        ("data:image/svg+xml;utf8,<svg>", "data:image/svg+xml;utf8,<svg>"),
        ("DATA:audio/wav;base64,AAAA", "DATA:audio/wav;base64,AAAA"),
        ("data:text/html,<script>", None),
        ("attachment:a%20b.png", "data:image/png;base64,BBBB"),
        ("attachment:none.png", None),
        ("https://evil.example/x.png", None),
        ("//evil.example/x.png", None),
        ("javascript:alert(1)", None),
        ("http://[broken/x.png", None),
    ],
)
def test_sources(address: str, source: str | None) -> None:
    """What is loaded is in the page or in the project."""
    links = Links(BARE, {"a b.png": "data:image/png;base64,BBBB"})
    assert links.filtered("img", "src", address) == source


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("other.ipynb", "other.ipynb?bare=1"),
        ("other.ipynb?x=1#Part-2", "other.ipynb?bare=1#Part-2"),
        ("#Part-2", "#Part-2"),
        ("/ada/lab", "/ada/lab"),
        ("https://example.org/?q=1", "https://example.org/?q=1"),
        ("MAILTO:ada@example.org", "MAILTO:ada@example.org"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("attachment:a.png", None),
    ],
)
def test_targets(address: str, target: str | None) -> None:
    """Links lead to files shown in the same way, or out."""
    assert Links(BARE).filtered("a", "href", address) == target


def test_told() -> None:
    """That pictures of other sites are not loaded is said."""
    links = Links(Place(RAW))
    assert links.source("x.png") == f"{RAW}x.png"
    assert links.target("x.md?y") == "x.md?y"
    assert not links.notes
    links.source("https://evil.example/x.png")
    assert links.notes == {REMOTE}
    assert links.filtered("td", "colspan", "2") == "2"
