"""What is at an address, and what is made of it."""

import os
from pathlib import Path

import pytest
import pytest_twisted

from aen.compute.apps.files.addresses import Address
from aen.compute.apps.files.inside import Inside
from aen.compute.apps.files.refusals import Refusal
from aen.compute.apps.viewer.folders import Rows
from aen.compute.apps.viewer.looking import Looking, Seen
from aen.compute.apps.viewer.pages import Look, Pages
from aen.compute.apps.viewer.renderers import TOO_SLOW, Renderers
from aen.compute.apps.viewer.rendering.jobs import Job, Rendered
from tests.compute.apps.files.test_streaming import here
from tests.compute.apps.viewer.conftest import LIMITS, App


@pytest.fixture
def looking(project: Path, pages: Pages) -> Looking:
    """Return what looks, in a project."""
    renderers = Renderers(LIMITS, None)
    return Looking(Inside(project), LIMITS, here, pages, renderers)


def seen(looking: Looking, *names: str, source: bool = False) -> Seen:
    """Return a file that was looked at."""
    found = looking.look(Address(names, folder=False), Look(source=source))
    assert isinstance(found, Seen)
    return found


def test_folders(looking: Looking) -> None:
    """A folder's address ends in a slash, a file's does not."""
    found = looking.look(Address(("data",), folder=True), Look())
    assert isinstance(found, Rows)
    assert [one.name for one in found.rows] == ["deep", "one.csv"]
    assert looking.look(Address(("data",), folder=False), Look()) is None
    with pytest.raises(Refusal, match="There is no folder"):
        looking.look(Address(("tool.py",), folder=True), Look())
    with pytest.raises(Refusal, match="leads out"):
        looking.look(Address(("out", "secret.txt"), folder=False), Look())


def test_what_is_read(looking: Looking, project: Path) -> None:
    """Only what is rendered is read, and of a long text its beginning."""
    assert seen(looking, "plot.png").text is None
    assert seen(looking, "model.bin").text is None
    drawing = seen(looking, "drawing.svg", source=True).text
    assert drawing is not None
    assert drawing.content.startswith(b"<svg")
    (project / "long.log").write_text("x" * 2001)
    long = seen(looking, "long.log").text
    assert long is not None
    assert (len(long.content), long.cut) == (2000, True)


def test_large_notebooks(looking: Looking, project: Path) -> None:
    """They are read whole, or not at all."""
    (project / "a.ipynb").write_text("x" * 50_000)
    text = seen(looking, "a.ipynb").text
    assert text is not None
    assert (len(text.content), text.cut) == (50_000, False)
    source = seen(looking, "a.ipynb", source=True).text
    assert source is not None
    assert source.cut
    (project / "b.ipynb").write_text("x" * 100_001)
    assert "larger than 97.7 KiB" in seen(looking, "b.ipynb").problem


@pytest.mark.parametrize("kind", ["folder", "nothing", "closed"])
def test_public(looking: Looking, project: Path, kind: str) -> None:
    """Whoever may not look at a folder is shown the public one, if there is one."""
    if kind != "nothing":
        (project / "public").mkdir()
    if kind == "closed":
        (project / "public").rmdir()
        (project / "public").write_text("")
    assert looking.has_public(Address((), folder=True)) is (kind == "folder")
    assert not looking.has_public(Address(("public",), folder=True))


def test_raw(looking: Looking) -> None:
    """The bytes, with headers that fit them."""
    found, headers = looking.open_raw(Address(("page.html",), folder=False))
    os.close(found.file.descriptor)
    assert dict(headers)[b"content-type"] == b"text/plain; charset=utf-8"
    for address in (
        Address(("data",), folder=False),
        Address(("tool.py",), folder=True),
    ):
        with pytest.raises(Refusal):
            looking.open_raw(address)


@pytest_twisted.ensureDeferred
async def test_rendered_once(app: App) -> None:
    """A file is rendered once, until it changes."""
    first = await app.page("/view/Tides.ipynb")
    again = await app.page("/view/Tides.ipynb", If_None_Match=first.headers["etag"])
    assert (first.status, again.status, again.body) == (200, 304, b"")
    cache = app.viewer.looking.cache
    assert (await app.page("/view/Tides.ipynb")).body == first.body
    assert cache.made == 1
    path = app.project / "Tides.ipynb"
    path.write_text(path.read_text().replace("# Tides", "# Changed"))
    changed = await app.page("/view/Tides.ipynb", If_None_Match=first.headers["etag"])
    assert "Changed" in changed.text
    assert cache.made == 2
    bare = await app.page("/view/Tides.ipynb?bare=1")
    assert bare.headers["etag"] != changed.headers["etag"]
    assert 'href="data/one.csv?bare=1"' in bare.text


class SlowColours:
    """Renders, but nothing that is to have colours."""

    async def render(self, job: Job) -> Rendered:
        """Return the text of a file."""
        if job.plain:
            return Rendered(job.content.decode())
        return Rendered("", problem=TOO_SLOW)


@pytest_twisted.ensureDeferred
async def test_slow_source_has_no_colours(app: App) -> None:
    """Source that is too much for colours is shown without; nothing else is."""
    app.viewer.looking.renderers = SlowColours()
    assert "print(os.name)" in (await app.page("/view/tool.py")).text
    text = (await app.page("/view/README.md")).text
    assert "takes too long to be shown here. You can download it" in text
