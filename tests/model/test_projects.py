"""The life of a project, as a table."""

import pytest

from aen.model.names import PlaceName, UserName, parse_project_path
from aen.model.projects import Member, Project, State, can_become


@pytest.mark.parametrize(
    ("now", "wanted", "possible"),
    [
        (State.STOPPED, State.STARTING, True),
        (State.STARTING, State.RUNNING, True),
        (State.STARTING, State.FAILED, True),
        (State.RUNNING, State.STOPPING, True),
        (State.STOPPING, State.STOPPED, True),
        (State.FAILED, State.STARTING, True),
        (State.STOPPED, State.RUNNING, False),
        (State.RUNNING, State.STARTING, False),
        (State.STOPPED, State.STOPPING, False),
        (State.FAILED, State.RUNNING, False),
    ],
)
def test_what_follows_what(now: State, wanted: State, possible: bool) -> None:  # noqa: FBT001
    """No state is skipped."""
    assert can_become(now, wanted) is possible


def test_states_are_words() -> None:
    """People read the state as a word."""
    assert [state.word for state in State] == [
        "Stopped",
        "Starting",
        "Running",
        "Stopping",
        "Failed",
    ]


def test_members_are_found_by_name() -> None:
    """The owner is not among them."""
    ben = Member(UserName("ben"))
    path = parse_project_path("ada", "lab")
    project = Project("p", path, PlaceName("east"), team=(ben,))
    assert project.member(UserName("ben")) == ben
    assert project.member(UserName("ada")) is None
