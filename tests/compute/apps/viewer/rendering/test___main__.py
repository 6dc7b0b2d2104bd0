"""The program that renders: over its pipes, and within its memory."""

import io
import subprocess
import sys

import pytest

from aen.compute.apps.viewer.rendering.__main__ import render, serve
from aen.compute.apps.viewer.rendering.bounds import Bounds
from aen.compute.apps.viewer.rendering.jobs import (
    HEAD,
    Job,
    Rendered,
    View,
    lengths_of,
    pack_job,
    unpack_rendered,
)
from tests.compute.apps.viewer.rendering.notebooks import job, markdown, new

PROGRAM = [sys.executable, "-m", "aen.compute.apps.viewer.rendering", "--memory"]
ENOUGH = str(1024**3)


def answers(content: bytes) -> list[Rendered]:
    """Return what was answered, one after the other."""
    stream, found = io.BytesIO(content), []
    while head := stream.read(HEAD):
        about, body = lengths_of(head)
        found.append(unpack_rendered(stream.read(about), stream.read(body)))
    return found


@pytest.mark.parametrize(
    ("one", "part"),
    [
        (job(new(markdown("# T"))), '<div class="notebook">'),
        (job(b"# T", View.MARKDOWN), '<div class="prose">'),
        (job(b"a,b", View.TABLE, "a.csv"), '<table class="cells">'),
        (job(b"x", View.SOURCE, "a.py"), 'id="L1"'),
    ],
)
def test_views(one: Job, part: str) -> None:
    """Each kind of file in its own way."""
    assert part in render(one, Bounds()).html


def test_problems() -> None:
    """What cannot be shown is answered, too."""
    done = render(job(b"{"), Bounds())
    assert (done.html, "no notebook" in done.problem) == ("", True)


def test_one_by_one() -> None:
    """One after the other, until nobody asks any more."""
    told = io.BytesIO()
    jobs = pack_job(job(b"{")) + pack_job(job(b"# T", View.MARKDOWN))
    serve(io.BytesIO(jobs), told, Bounds())
    first, second = answers(told.getvalue())
    assert first.problem
    assert "<h2" in second.html


def test_program() -> None:
    """As a program of its own, it ends with its input."""
    told = subprocess.run(
        [*PROGRAM, ENOUGH], input=pack_job(job(b"{")), capture_output=True, check=True
    )
    assert "no notebook" in answers(told.stdout)[0].problem
    assert told.stderr == b""


def test_too_much_memory() -> None:
    """It has as much memory as it is given, whatever a file would have it take."""
    # Each paragraph begins all of them anew: 16 million elements.
    bold = "".join(f"<b id={one}>" for one in range(4000))
    bomb = f"<p>{bold}{'</p><p>x' * 4000}"
    told = subprocess.run(
        [*PROGRAM, str(400 * 1024**2)],
        input=pack_job(job(bomb.encode(), View.MARKDOWN, "a.md")),
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert told.returncode != 0
    assert told.stdout == b""
