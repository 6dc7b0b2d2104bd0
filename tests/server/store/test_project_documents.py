"""Projects as documents: also those that were written before a field was there."""

from aen.model.names import PlaceName, UserName, parse_project_path
from aen.model.projects import Member, Project, TeamRole
from aen.server.store.project_documents import document_of, moved, over, project_of

LAB, ICE = parse_project_path("ada", "lab"), parse_project_path("bob", "ice")
TEAM = (Member(UserName("bob")), Member(UserName("eve"), TeamRole.VIEWER))
PROJECT = Project("p1", LAB, PlaceName("east"), team=TEAM)


def test_what_is_written_is_read() -> None:
    """Documents of before have neither guests nor former paths."""
    document = document_of(PROJECT)
    assert project_of(document) == PROJECT
    assert over(document, 9.0) == ()


def test_whose_time_is_over_is_left_out() -> None:
    """From that moment on, and not before."""
    document = {**document_of(PROJECT), "until": {"eve": 5.0}}
    assert project_of(document, 4.9).team[1].until == 5.0
    assert [one.user for one in project_of(document, 5.0).team] == ["bob"]
    assert over(document, 5.0) == ("eve",)


def test_a_new_path() -> None:
    """The new owner leaves the team, the old one may stay; former paths are few."""
    stays = Member(UserName("ada"), TeamRole.MAINTAINER)
    document = document_of(PROJECT)
    document |= moved(document, ICE, stays)
    found = project_of(document)
    assert (found.path, found.home, found.former) == (ICE, LAB, ("ada/lab",))
    assert [one.user for one in found.team] == ["ada", "eve"]
    assert document["members"] == ["ada", "eve"]
    for number in range(30):
        path = parse_project_path("bob", f"ice{number}")
        document |= moved(document, path, None)
    found = project_of(document)
    assert found.home == LAB
    assert len(found.former) == 20
    assert found.former[-1] == "bob/ice28"
