"""Projects as values."""

from typing import Any

import pytest
from attrs import evolve

from aen.model.names import PlaceName, UserName, parse_project_path
from aen.model.projects import Member, Project, State, Visibility, edition


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


LAB = Project("p", parse_project_path("ada", "lab"), PlaceName("east"))


@pytest.mark.parametrize(
    "edited",
    [
        {"summary": "x"},
        {"description": "x"},
        {"tags": ("x",)},
        {"visibility": Visibility.PUBLIC},
    ],
)
def test_editing_makes_another_edition(edited: dict[str, Any]) -> None:
    """Each thing people edit does, and the same words in another place do."""
    assert edition(evolve(LAB, **edited)) != edition(LAB)
    assert edition(evolve(LAB, summary="a", description="b")) != edition(
        evolve(LAB, summary="b", description="a")
    )


@pytest.mark.parametrize(
    "happened", [{"state": State.RUNNING}, {"updated": 9.0}, {"stars": 3}]
)
def test_what_happens_makes_none(happened: dict[str, Any]) -> None:
    """A project may start while somebody writes about it."""
    assert edition(evolve(LAB, **happened)) == edition(LAB)
