"""A team in the helper's words."""

from aen.compute.programs.team import people
from aen.model.names import UserName
from aen.model.projects import Member, TeamRole


def test_what_the_helper_is_told_of_a_team() -> None:
    """Names and what they may do with files; viewers read."""
    team = (
        Member(UserName("bob")),
        Member(UserName("max"), TeamRole.MAINTAINER),
        Member(UserName("eve"), TeamRole.VIEWER),
    )
    assert people(team) == [
        {"user": "bob", "access": "rwx"},
        {"user": "max", "access": "rwx"},
        {"user": "eve", "access": "r-x"},
    ]
