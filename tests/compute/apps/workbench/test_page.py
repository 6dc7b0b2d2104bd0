"""The page, without a socket."""

from html.parser import HTMLParser

from aen.compute.apps.workbench.page import Page, policy
from aen.runtime.assets import Assets


class Seen(HTMLParser):
    """Notes ids, and what would run or style from inside the page."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.inline: list[str] = []
        self.scripts: list[str | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.ids += [value for name, value in attrs if name == "id" and value]
        if tag == "script":
            self.scripts.append(named.get("src"))
        if tag == "style":
            self.inline.append(tag)
        self.inline += [one for one in named if one == "style" or one.startswith("on")]


def shown(assets: Assets, prefix: str = "/ada/lab/workbench", *, may: bool) -> str:
    """Return the page's text."""
    return Page(prefix, assets, lambda: "once").show(may=may).body.decode()


def test_nothing_inline(assets: Assets) -> None:
    """One script, from a file; nothing inline; no identifier twice."""
    found = Seen()
    found.feed(shown(assets, may=True))
    assert found.scripts == ["static/workbench-2.js"]
    assert found.inline == []
    assert sorted(found.ids) == sorted(set(found.ids))


def test_whose_project(assets: Assets) -> None:
    """Owner and project are shown, and are text."""
    text = shown(assets, "/ada/<b>lab/workbench", may=False)
    assert "ada /" in text
    assert "<b>lab" not in text
    assert "&lt;b&gt;lab" in text


def test_policy() -> None:
    """Scripts come from files alone; styles from files, or with this answer's nonce."""
    rules = dict(one.strip().split(" ", 1) for one in policy("n1").decode().split(";"))
    assert rules["script-src"] == "'self'"
    assert rules["style-src"] == "'self' 'nonce-n1'"
    assert rules["default-src"] == "'none'"


def test_static(assets: Assets) -> None:
    """A built file is found by its hashed name, and no other."""
    page = Page("/ada/lab/workbench", assets)
    found = page.static("part-3.js", None, None)
    assert found is not None
    assert found.body == b"content of part-3.js"
    assert page.static("part.js", None, None) is None
