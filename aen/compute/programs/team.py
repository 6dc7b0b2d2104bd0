"""A project's team, as the programs that work on its files are told of it."""

from collections.abc import Iterable

from aen.model.projects import Member, TeamRole

Team = tuple[Member, ...]


def people(team: Iterable[Member]) -> list[dict[str, str]]:
    """Return a team as the helper is told of it: who may do what with the files."""
    return [
        {
            "user": one.user,
            "access": "r-x" if one.role is TeamRole.VIEWER else "rwx",
        }
        for one in team
    ]
