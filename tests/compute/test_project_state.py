"""What a node remembers of a project."""

from pathlib import Path

import pytest

from aen.compute.project_state import ProjectState, ProjectStates
from aen.model.errors import Failed, Invalid
from aen.model.names import UserName
from aen.model.projects import Member, TeamRole

BOB, EVE = Member(UserName("bob")), Member(UserName("eve"))
VIEWER = Member(UserName("eve"), TeamRole.VIEWER)


def test_remembered_privately(tmp_path: Path) -> None:
    """Nobody but the node reads or changes it."""
    states = ProjectStates(tmp_path)
    states.write("p1", ProjectState("ada/lab"))
    assert states.read("p1") == ProjectState("ada/lab", "default")
    states.write("p1", ProjectState("ada/lab", "other"))
    assert states.read("p1") == ProjectState("ada/lab", "other")
    assert (tmp_path / ".state").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / ".state" / "p1.json").stat().st_mode & 0o777 == 0o600
    states.forget("p1")
    states.forget("p1")
    assert states.read("p1") is None


@pytest.mark.parametrize("content", ["", "{", "[]", '{"path": 5}', '{"other": ""}'])
def test_a_damaged_file_is_as_good_as_none(content: str, tmp_path: Path) -> None:
    """The next start looks at the disk and writes it anew."""
    (tmp_path / ".state").mkdir()
    (tmp_path / ".state" / "p1.json").write_text(content)
    assert ProjectStates(tmp_path).read("p1") is None


@pytest.mark.parametrize("project_id", ["", "..", "a/b", "a.b", "x" * 65, "é"])
def test_ids_are_no_paths(project_id: str, tmp_path: Path) -> None:
    """An id from outside never names another file."""
    with pytest.raises(Invalid):
        ProjectStates(tmp_path).read(project_id)


def test_a_disk_that_cannot_be_written(tmp_path: Path) -> None:
    """People hear of it in words."""
    (tmp_path / ".state").write_text("a file where the directory belongs")
    with pytest.raises(Failed, match="cannot write to its project root"):
        ProjectStates(tmp_path).write("p1", ProjectState("ada/lab"))


def test_the_team_applied(tmp_path: Path) -> None:
    """It is what the next change is a change of."""
    states, state = ProjectStates(tmp_path), ProjectState("ada/lab")
    assert state.before((BOB,)) is None
    states.write("p1", state.begin((BOB,)).done((BOB, VIEWER)))
    assert states.read("p1") == ProjectState("ada/lab", team=(BOB, VIEWER))
    assert ProjectState("ada/lab", team=(BOB,)).before((EVE,)) == (BOB,)


@pytest.mark.parametrize("again", [(BOB, EVE), (BOB,), (BOB, VIEWER), ()])
def test_a_pass_that_broke(again: tuple[Member, ...], tmp_path: Path) -> None:
    """Whoever differed is in another role than theirs, so that it is set anew."""
    states = ProjectStates(tmp_path)
    state = ProjectState("ada/lab", team=(BOB, EVE))
    states.write("p1", state.begin((BOB,)))  # eve leaves; the node dies
    left = states.read("p1")
    assert left is not None
    before = left.before(again)
    assert before is not None
    roles = {one.user: one.role for one in before}
    assert roles[BOB.user] is TeamRole.MEMBER
    assert roles[EVE.user] != {one.user: one.role for one in again}.get(EVE.user)
    assert left.begin(again).unsure[-1] == "eve"
    assert left.begin(again).done(again).before(()) == again
