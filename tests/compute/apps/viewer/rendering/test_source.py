"""Source, line by line."""

import re

import pytest
from attrs import evolve

from aen.compute.apps.viewer.rendering.bounds import Bounds
from aen.compute.apps.viewer.rendering.jobs import Job, View
from aen.compute.apps.viewer.rendering.links import Place
from aen.compute.apps.viewer.rendering.source import (
    NOT_UTF8,
    UNCOLOURED,
    decoded,
    render_source,
)


def job(content: bytes, name: str = "a.py", *, plain: bool = False) -> Job:
    """Return a file to be rendered."""
    return Job(View.SOURCE, name, Place("/raw/"), content, plain=plain)


def lines(html: str) -> list[str]:
    """Return the lines that are shown."""
    return re.findall(r"</a><span>(.*)\n</span></span>", html)


@pytest.mark.parametrize(
    ("content", "count"),
    [(b"", 1), (b"x", 1), (b"x\n", 1), (b"\n\n", 2), (b"a\r\nb\rc\n", 3)],
)
def test_lines(content: bytes, count: int) -> None:
    """Each line has a number, and an address of its own."""
    html = render_source(job(content), Bounds()).html
    assert re.findall('id="L([0-9]+)"', html) == [str(one + 1) for one in range(count)]
    assert re.findall('href="#L([0-9]+)"', html) == [
        str(one + 1) for one in range(count)
    ]


def test_colours() -> None:
    """Source has colours, unless it is to have none or is too long."""
    done = render_source(job(b"import os  # <b>"), Bounds())
    coloured = (
        '<span class="k">import </span><span class="f">os  </span>'
        '<span class="c"># &lt;b&gt;</span>'
    )
    assert lines(done.html) == [coloured]
    assert lines(render_source(job(b"import os", plain=True), Bounds()).html) == [
        "import os"
    ]
    short = evolve(Bounds(), highlighted=5)
    done = render_source(job(b"import os"), short)
    assert (lines(done.html), done.notes) == (["import os"], (UNCOLOURED,))
    assert render_source(job(b"import os", "nothing"), short).notes == ()


@pytest.mark.parametrize(
    ("content", "text", "notes"),
    [
        (b"\xef\xbb\xbfx", "x", []),
        ("ä€".encode(), "ä€", []),
        (b"\xe4", "ä", [NOT_UTF8]),
    ],
)
def test_decoded(content: bytes, text: str, notes: list[str]) -> None:
    """What is no UTF-8 is shown all the same, and said."""
    assert decoded(content, cut=False) == (text, notes)


@pytest.mark.parametrize("less", [0, 1, 2, 3])
def test_cut_within_a_character(less: int) -> None:
    """A beginning may end anywhere."""
    content = "x\N{GRINNING FACE}".encode()
    content = content[: len(content) - less]
    text = decoded(content, cut=True)
    assert text == ("x\N{GRINNING FACE}" if less == 0 else "x", [])
