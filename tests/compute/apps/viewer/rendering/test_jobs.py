"""What goes to a process that renders, and what comes back."""

import pytest

from aen.compute.apps.viewer.rendering.jobs import (
    HEAD,
    Job,
    Rendered,
    View,
    lengths_of,
    pack_job,
    pack_rendered,
    unpack_job,
    unpack_rendered,
)
from aen.compute.apps.viewer.rendering.links import Place

PLACE = Place("/ada/lab/viewer/raw/", "data/d%C3%A4", "?bare=1")


def parts(packed: bytes) -> tuple[bytes, bytes]:
    """Return the two parts behind the head."""
    about, body = lengths_of(packed[:HEAD])
    assert len(packed) == HEAD + about + body
    return packed[HEAD : HEAD + about], packed[HEAD + about :]


@pytest.mark.parametrize(
    "job",
    [
        Job(View.NOTEBOOK, "ä�.ipynb", PLACE, b"\x00{}"),
        Job(View.SOURCE, "a.py", Place("/r/"), b"", cut=True, plain=True),
    ],
)
def test_jobs(job: Job) -> None:
    """What is read is what was written."""
    assert unpack_job(*parts(pack_job(job))) == job


@pytest.mark.parametrize(
    "done", [Rendered("<p>ä</p>", ("a", "b")), Rendered("", problem="It is broken.")]
)
def test_answers(done: Rendered) -> None:
    """The same of answers."""
    assert unpack_rendered(*parts(pack_rendered(done))) == done


def test_half_a_character() -> None:
    """What is no character becomes a mark, and ends nothing."""
    done = unpack_rendered(*parts(pack_rendered(Rendered("a\ud800"))))
    assert done.html == "a?"


def test_size() -> None:
    """The longer, the more room is needed."""
    assert Rendered("x" * 100).size - Rendered("").size == 200
