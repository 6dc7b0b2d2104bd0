"""The page that takes an archive."""

import json
from pathlib import Path

import pytest
import pytest_twisted

from aen.compute.apps.files.page import Pages
from aen.compute.apps.files.refusals import Refusal
from aen.compute.apps.files.unpacking import Bounds, Unpacked
from aen.runtime.assets import Assets
from tests.compute.apps.files.conftest import PREFIX, App


@pytest.fixture
def pages(tmp_path: Path) -> Pages:
    """Give the page with files that were not built."""
    names = {"files.css": "files-1.css", "files.js": "files-2.js"}
    for name in names.values():
        (tmp_path / name).write_text("x")
    (tmp_path / "manifest.json").write_text(json.dumps(names))
    return Pages(PREFIX, Assets.load(tmp_path))


def test_a_form(pages: Pages) -> None:
    """It works without a script; nothing runs that is in the page itself."""
    reply = pages.show(may=True)
    text = reply.body.decode()
    assert f'action="{PREFIX}/?import=1&amp;unwrap=1"' in text
    assert 'enctype="multipart/form-data"' in text
    assert f'href="{PREFIX}/.aen-app/static/files-1.css"' in text
    assert "replace" not in text
    new = pages.show(may=True, replace=True).body.decode()
    assert f'action="{PREFIX}/?import=1&amp;unwrap=1&amp;replace=1"' in new
    policy = dict(reply.headers)[b"content-security-policy"]
    assert b"script-src 'self';" in policy


def test_readers_see_no_form(pages: Pages) -> None:
    """They are told why."""
    text = pages.show(may=False).body.decode()
    assert "<form" not in text
    assert "Ask its owner" in text


def test_outcomes(pages: Pages) -> None:
    """What was wrong is text, never markup; what was done is counted."""
    wrong = pages.show(may=True, problem=Refusal(422, "<b>bad</b>"))
    assert (wrong.status, b"&lt;b&gt;bad" in wrong.body) == (422, True)
    done = Unpacked(Bounds(10, 10), 1, 2048)
    assert "1 entry, 2.0 KiB" in pages.show(may=True, done=done).body.decode()


def test_files(pages: Pages) -> None:
    """Its own files, and nothing else."""
    assert pages.static("files-1.css", None, None).body == b"x"
    for name in ("manifest.json", "../page.py", "nothing"):
        with pytest.raises(Refusal):
            pages.static(name, None, None)


@pytest_twisted.ensureDeferred
async def test_who_may(app: App) -> None:
    """The gateway says what whoever looks at it may do."""
    assert "<form" in (await app.get("/.aen-app/import", AEN_May="write")).text
    assert "<form" not in (await app.get("/.aen-app/import", AEN_May="read")).text
    assert (await app.get("/.aen-app/nothing")).status == 404
