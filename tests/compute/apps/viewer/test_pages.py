"""The Viewer's own pages."""

import pytest

from aen.compute.apps.files.refusals import Refusal
from aen.compute.apps.viewer.folders import Row, Rows
from aen.compute.apps.viewer.kinds import Medium
from aen.compute.apps.viewer.pages import File, Look, Pages, moment
from aen.compute.apps.viewer.rendering.jobs import Rendered, View
from tests.compute.apps.viewer.conftest import PREFIX, STYLE

BAD = '"><script>x</script>'
FILE = File(("da ta", "a.ipynb"), 2048, 1_700_000_000)


def policy(headers: tuple[tuple[bytes, bytes], ...]) -> str:
    """Return what a page may do."""
    return dict(headers)[b"content-security-policy"].decode()


def test_a_folder(pages: Pages) -> None:
    """What is in it, the way to it, and how it goes on."""
    rows = (
        Row("deep", "./deep/", "folder", 0, 0.0),
        Row("a", "./a", "file", 2048, 0.0),
        Row("l", "./l", "link", 0, 0.0, "deep"),
    )
    text = pages.folder(("da ta",), Rows(rows, "abc"), Look()).body.decode()
    assert f'<li><a href="{PREFIX}/view/"><bdi>lab</bdi></a></li>' in text
    assert "<h1><bdi>da ta</bdi></h1>" in text
    assert '<a href="./deep/">' in text
    assert '<td class="figure">2.0 KiB</td>' in text
    assert "to <bdi>deep</bdi>" in text
    assert '<a class="button" href="?after=abc">Go on</a>' in text
    assert '<a href="../">Up</a>' in text


def test_bare(pages: Pages) -> None:
    """In a frame there is only what is in it, and links stay that way."""
    rows = Rows((Row("deep", "./deep/", "folder", 0, 0.0),), "abc")
    text = pages.folder(("data",), rows, Look(bare=True)).body.decode()
    assert '<a href="./deep/?bare=1">' in text
    assert '<a href="../?bare=1">' in text
    assert 'href="?bare=1&amp;after=abc"' in text
    for part in ("<header", "<nav", "<form"):
        assert part not in text
    done = pages.rendered(FILE, View.NOTEBOOK, Rendered("x"), Look(bare=True))
    assert 'href="./a.ipynb?bare=1&amp;source=1"' in done.body.decode()
    assert "<nav" not in done.body.decode()


def test_an_empty_folder(pages: Pages) -> None:
    """It is said to be empty."""
    text = pages.folder((), Rows(()), Look()).body.decode()
    assert "There is nothing to be seen" in text
    assert "<table" not in text


@pytest.mark.parametrize(
    ("view", "sandbox", "scripts"),
    [
        (View.NOTEBOOK, True, False),
        (View.MARKDOWN, True, False),
        (View.TABLE, False, False),
        (View.SOURCE, False, True),
    ],
)
def test_rendered(pages: Pages, view: View, *, sandbox: bool, scripts: bool) -> None:
    """HTML of others is in a sandbox without scripts; only lines have one, ours."""
    look = Look(source=view is View.SOURCE)
    done = pages.rendered(FILE, view, Rendered("<i>x</i>", ("Said.",)), look)
    text, said = done.body.decode(), policy(done.headers)
    assert "<i>x</i>" in text
    assert '<p class="note">Said.</p>' in text
    assert "2.0 KiB · changed 2023-11-14 22:13 UTC" in text
    assert f'href="{PREFIX}/raw/da%20ta/a.ipynb?download=1"' in text
    assert ("sandbox" in said) is sandbox
    assert ("script-src" in said) is scripts is ("<script" in text)
    assert "allow-scripts" not in said
    assert "frame-ancestors 'self'" in said


def test_problems_of_files(pages: Pages) -> None:
    """Why a file is not shown, and what can be done instead."""
    done = pages.rendered(FILE, View.NOTEBOOK, Rendered("", problem="Bad."), Look())
    assert "Bad. You can download it, or look at its source." in done.body.decode()
    text = pages.nothing(FILE, Look()).body.decode()
    assert "nothing that a browser shows" in text
    assert ">Raw<" not in text
    assert (
        "Large. You can download it."
        in pages.nothing(FILE, Look(), "Large.").body.decode()
    )


@pytest.mark.parametrize(
    ("medium", "part"),
    [
        (Medium.IMAGE, f'<img src="{PREFIX}/raw/da%20ta/a.ipynb" alt="The picture'),
        (Medium.PDF, f'<iframe class="medium" src="{PREFIX}/raw/da%20ta/a.ipynb"'),
        (Medium.AUDIO, "<audio controls"),
        (Medium.VIDEO, "<video controls"),
    ],
)
def test_media(pages: Pages, medium: Medium, part: str) -> None:
    """What browsers show by themselves; only PDF needs a frame."""
    done = pages.medium(FILE, medium, Look())
    assert part in done.body.decode()
    assert ("frame-src" in policy(done.headers)) is (medium is Medium.PDF)


@pytest.mark.parametrize(
    ("status", "title", "said"),
    [
        (403, "You may not look at this", "account <b>aenvisit</b>"),
        (404, "There is nothing here", "another name"),
        (409, "This cannot be shown", "Because."),
        (418, "Something went wrong here", "Because."),
    ],
)
def test_refusals(pages: Pages, status: int, title: str, said: str) -> None:
    """Whose account it is read as, and what helps."""
    refusal = Refusal(status, "Because.")
    reply = pages.refused(refusal, ("data", "x"), Look(), public=True)
    text = reply.body.decode()
    assert reply.status == status
    assert f"<h1>{title}</h1>" in text
    assert said in text
    assert f'href="{PREFIX}/view/data/">Folder above' in text
    assert f'href="{PREFIX}/view/public/"' in text
    text = pages.refused(refusal, (), Look(), public=False).body.decode()
    assert "public/" not in text
    assert "Folder above" not in text


def test_found(pages: Pages) -> None:
    """What a search has found, and whether that is all."""
    item = {"path": "data/a.csv", "href": "data/a.csv", "kind": "file"}
    values = {"items": [item], "visited": 7, "complete": True, "glob": "*.csv"}
    text = pages.found(values).body.decode()
    assert f'<a href="{PREFIX}/view/data/a.csv">' in text
    assert "1 file or folder found" in text
    assert "may be more" not in text
    text = pages.found(values | {"complete": False, "items": []}).body.decode()
    assert "ended after 7 names" in text
    assert "0 files and folders found" in text


def test_hostile_names(pages: Pages) -> None:
    """A name is text, wherever it stands."""
    file = File((BAD, "a\u202e\udcff" + BAD), 0, 1e30)
    looks = [
        pages.rendered(file, View.SOURCE, Rendered("", (BAD,), BAD), Look()),
        pages.medium(file, Medium.PDF, Look()),
        pages.medium(file, Medium.IMAGE, Look()),
        pages.nothing(file, Look(), BAD),
        pages.refused(Refusal(404, BAD), file.names, Look(), public=False),
        pages.folder((BAD,), Rows((Row(BAD, "./x", "link", 0, 0, BAD),)), Look()),
        pages.found({"items": [], "visited": 0, "complete": True, "glob": BAD}),
    ]
    for one in looks:
        assert "<script>" not in one.body.decode()
        assert "\u202e" not in one.body.decode()


def test_assets(pages: Pages) -> None:
    """Pages change when their style sheet does; without one they work, too."""
    assert pages.version() == "viewer-1.css"
    assert pages.static("viewer-1.css", None, None).body == STYLE.encode()
    with pytest.raises(Refusal):
        pages.static("pages.py", None, None)
    bare = Pages(PREFIX, None, "x")
    assert "stylesheet" not in bare.folder((), Rows(()), Look()).body.decode()
    with pytest.raises(Refusal):
        bare.static("viewer-1.css", None, None)


def test_moments() -> None:
    """Files may be of any year."""
    assert moment(1e300) == "1970-01-01 00:00"
    assert moment(0) == "1970-01-01 00:00"
