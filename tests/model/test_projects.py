"""Projects as values."""

from aen.model.names import PlaceName, UserName, parse_project_path
from aen.model.projects import Member, Project, State


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
