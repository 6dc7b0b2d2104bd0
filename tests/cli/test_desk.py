"""Waiting for work to end."""

import io

import pytest

from aen.cli.objects import Task
from aen.cli.problems import Refused
from tests.cli.fake import PROJECT, Fake

BEGUN = Task("t1", "start_project", "queued")
PATH = "/projects/ada/lab"


def task(state: str, **more: object) -> tuple[int, object]:
    """Return an answer about the task."""
    return 200, {"id": "t1", "kind": "start_project", "state": state, **more}


def test_progress_is_said_once(fake: Fake) -> None:
    """Each step when it is new."""
    step = {"step": "Cloning", "done": 1, "total": 2}
    fake.says(
        "GET /tasks/t1",
        task("running", progress=step),
        task("running", progress=step),
        task("running", progress={**step, "done": 2}),
        task("done"),
    )
    desk = fake.desk()
    assert desk.follow(BEGUN, PATH).state == "done"
    assert isinstance(desk.err, io.StringIO)
    assert desk.err.getvalue() == "Cloning 1/2\nCloning 2/2\n"


def test_failure_says_why(fake: Fake) -> None:
    """With the last lines of what was printed."""
    fake.says("GET /tasks/t1", task("failed", problem="No disk.", output=["line"]))
    with pytest.raises(Refused, match=r"No disk\.\n  line"):
        fake.desk().follow(BEGUN, PATH)


@pytest.mark.parametrize(("last", "fails"), [("running", False), ("failed", True)])
def test_somebody_elses_task(fake: Fake, last: str, *, fails: bool) -> None:
    """The project tells how it goes."""
    refused = {"error": {"code": "forbidden", "message": "No.", "fields": {}}}
    fake.says("GET /tasks/t1", (403, refused))
    fake.says(
        f"GET {PATH}",
        (200, {**PROJECT, "state": "starting"}),
        (200, {**PROJECT, "state": last, "problem": "It broke." if fails else None}),
    )
    if fails:
        with pytest.raises(Refused, match="It broke"):
            fake.desk().follow(BEGUN, PATH)
    else:
        assert fake.desk().follow(BEGUN, PATH) == BEGUN
