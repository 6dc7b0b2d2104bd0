"""Tables in text."""

import re

import pytest
from attrs import evolve

from aen.compute.apps.viewer.rendering.bounds import Bounds
from aen.compute.apps.viewer.rendering.jobs import Job, Rendered, Unreadable, View
from aen.compute.apps.viewer.rendering.links import Place
from aen.compute.apps.viewer.rendering.tables import render_table

SMALL = evolve(Bounds(), rows=2, columns=2, cell=5)


def table(
    content: bytes,
    name: str = "a.csv",
    bounds: Bounds | None = None,
    *,
    cut: bool = False,
) -> Rendered:
    """Return a table as it is shown."""
    job = Job(View.TABLE, name, Place("/raw/"), content, cut)
    return render_table(job, bounds or Bounds())


def fields(done: Rendered) -> list[str]:
    """Return what is in the fields, row by row."""
    return re.findall(r"<t[dh][^>]*>([^<]*)</t[dh]>", done.html)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"a,b\n1,2\n", "a.csv"),
        (b"a;b\r\n1;2", "a.csv"),
        (b"a\tb\n1\t2\n", "a.TSV"),
        (b"a|b\n\n1|2\n\n", "a.csv"),
        (b'a,b\n"1","2"\n', "a.csv"),
    ],
)
def test_marks(content: bytes, name: str) -> None:
    """What is between the fields is found out."""
    assert fields(table(content, name)) == ["Row", "a", "b", "1", "1", "2"]


def test_fields() -> None:
    """Markup is text; numbers stand to the right; lines may be within a field."""
    done = table(b'name,n\n"<b>\nx",-1.5e3\nlonger,"1,000"\nshort\n')
    assert "&lt;b&gt;\nx" in done.html
    assert '<td class="figure">-1.5e3</td>' in done.html
    assert '<td class="figure">1,000</td>' in done.html
    assert "<td>longer</td>" in done.html
    assert '<td>short</td><td colspan="1"></td>' in done.html
    assert '<th scope="col" class="figure">n</th>' in done.html


def test_bounds() -> None:
    """Only the first rows and columns, and the beginning of what is long."""
    done = table(b"a,b,c\n" + b"1,2,3\n" * 9, bounds=SMALL)
    assert fields(done) == ["Row", "a", "b", "1", "1", "2", "2", "1", "2"]
    assert done.notes == (
        "These are the first 2 rows.",
        "These are the first 2 of 3 columns.",
    )
    assert table(b"a,b\n1,2\n1,2\n", bounds=SMALL).notes == ()
    assert "long …" in table(b"long text", bounds=SMALL).html


def test_a_beginning() -> None:
    """Its last row may be half a row: it is not shown."""
    done = table(b"a,b\n1,2\n3,", cut=True)
    assert fields(done) == ["Row", "a", "b", "1", "1", "2"]
    assert done.notes == ("These are the first 1 rows.",)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_empty(content: bytes) -> None:
    """An empty file is said to be empty."""
    assert "There is nothing in it." in table(content).html


def test_unreadable() -> None:
    """What no table can be is said with its line."""
    with pytest.raises(Unreadable, match="Line 1 cannot be read"):
        table(b"a" * 200_000)
