"""The page and what is beside it."""

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from twisted.web.test.requesthelper import DummyRequest

from aen.compute.apps.terminal.page import _Busy, render_page
from aen.runtime.assets import Assets


@pytest.fixture
def assets(tmp_path: Path) -> Assets:
    """Built files, without a build."""
    names = {"terminal.css": "terminal-1.css", "terminal.js": "terminal-2.js"}
    for name in names.values():
        (tmp_path / name).write_text("")
    (tmp_path / "manifest.json").write_text(json.dumps(names))
    return Assets.load(tmp_path)


def test_page(assets: Assets) -> None:
    """The page loads the built files and has a place for everything."""
    text = render_page(assets, "alice/climate").decode()
    assert 'href="static/terminal-1.css"' in text
    assert 'src="static/terminal-2.js"' in text
    assert "<title>Terminal · alice/climate</title>" in text
    assert 'role="tablist"' in text


class Inline(HTMLParser):
    """Counts scripts, and finds what would run or style from inside the page."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts = 0
        self.inline: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        self.scripts += tag == "script"
        if tag == "style" or (tag == "script" and "src" not in names):
            self.inline.append(tag)
        self.inline += [one for one in names if one == "style" or one.startswith("on")]


def test_nothing_inline(assets: Assets) -> None:
    """No script or style is inline: the policy allows no script."""
    found = Inline()
    found.feed(render_page(assets, "alice/climate").decode())
    assert found.scripts == 1
    assert found.inline == []


def test_title_is_text(assets: Assets) -> None:
    """A title is never markup."""
    text = render_page(assets, "<b>/\"'").decode()
    assert "<b>" not in text
    assert "&lt;b&gt;" in text


def test_whether_a_job_runs() -> None:
    """Told as the manifest's `activity` wants it."""
    asked: list[bool] = [True, False]

    class Some:
        def busy(self) -> bool:
            return asked.pop(0)

    terminals: Any = Some()
    request: Any = DummyRequest([b"busy"])
    assert _Busy(terminals).render_GET(request) == b'{"busy": true}'
    assert _Busy(terminals).render_GET(request) == b'{"busy": false}'
