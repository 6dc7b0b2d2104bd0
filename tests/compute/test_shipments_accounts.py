"""Projects of real accounts that move: by the helper, each file its people's own."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import pytest_twisted

from aen.compute.disk import acl
from aen.compute.programs.attendant import HelperSteps
from aen.compute.programs.piping import Pipes
from aen.compute.programs.steps import ChildSteps, by_root
from aen.compute.project_ground import AccountGround
from aen.model.errors import Failed
from aen.model.names import UserName
from aen.model.projects import Member, TeamRole
from aen.wire.messages import ProjectOnDisk
from aen.wire.shipments import PieceQuestion, ShipmentQuestion, read_piece
from tests.compute.accounts import People, Person
from tests.compute.helper.helped import Helped, installation
from tests.compute.helper.test_projects import STAGED, reads, stage, team
from tests.compute.shipped import REACTOR, Depot, carry

pytestmark = pytest.mark.root


def depot(helped: Helped) -> Depot:
    """Return a node of real accounts."""
    helper, steps = by_root(str(helped.settings)), ChildSteps(REACTOR, 60)
    more = {
        "ground": AccountGround(HelperSteps(helped.attendant(), 60)),
        "pipes": Pipes(steps, helped.projects, helper),
    }
    assert helped.call("prepare") == {"result": None}
    return Depot(helped.projects, more=more)


@pytest.fixture
def other(accounts: People) -> Iterator[Helped]:
    """Another node's helper, with the same accounts."""
    with installation(accounts) as made:
        yield made


def filled(helped: Helped) -> tuple[ShipmentQuestion, Path]:
    """Make a project of the first account with a member and a viewer."""
    owner, member, viewer = helped.people.everybody[:3]
    named = stage(helped, owner)
    both = team((member, "rwx"), (viewer, "r-x"))
    assert "result" in helped.call("adopt", **named, staging=STAGED, team=both)
    home = helped.projects / owner.name / "lab"
    write(home / "theirs", member, "by a member", 0o660)
    write(home / "closed", member, "for me alone", 0o600)
    write(home / "public/page", owner, "<p>", 0o664)
    write(home / "shared", helped.people.service, "of a template", 0o444)
    members = (
        Member(UserName(member.name)),
        Member(UserName(viewer.name), TeamRole.VIEWER),
    )
    project = ProjectOnDisk("p1", owner.name, "lab", members)
    return ShipmentQuestion(project, "s1"), home


def write(path: Path, whose: Person, content: str, mode: int) -> None:
    """Make a file of somebody's."""
    path.write_text(content)
    os.chown(path, whose.uid, whose.gid)
    path.chmod(mode)


async def end(*depots: Depot) -> None:
    """End what a test has begun."""
    for one in depots:
        await one.shipments.stopService()
        await one.more["ground"].steps.helper.stopService()


@pytest_twisted.ensureDeferred
async def test_everybody_finds_their_files(helped: Helped, other: Helped) -> None:
    """Owners by name, the team's rights by name, what was closed still closed."""
    asked, before = filled(helped)
    source, target = depot(helped), depot(other)
    try:
        await carry(source, target, asked)
        assert not (other.projects / before.parent.name / "lab").exists()
        await target.shipments.settle(asked, target.told.append)
        demand_theirs(helped.people, target, before)
        assert target.state is not None
        assert target.state.team == asked.project.team
        assert list((other.projects / ".taken").iterdir()) == []
        await source.shipments.clear(asked, source.told.append)
        assert not before.exists()
    finally:
        await end(source, target)


def demand_theirs(people: People, target: Depot, before: Path) -> None:
    """Look at what everybody may do in the project that has come from *before*."""
    owner, member, viewer, stranger = people.everybody[:4]
    home = target.root / owner.name / "lab"
    who = (owner, member, viewer, stranger)
    assert [reads(one, home / "notes") for one in who] == [True, True, True, False]
    assert [reads(one, home / "theirs") for one in who] == [
        True, True, True, False,
    ]  # fmt: skip
    closed = [reads(one, home / "closed") for one in who]
    assert closed == [reads(one, before / "closed") for one in who]
    assert closed == [False, True, False, False]
    assert [reads(one, home / "public/page") for one in who] == [True] * 4
    uids = {one.name: one.lstat().st_uid for one in home.iterdir()}
    assert (uids["theirs"], uids["closed"]) == (member.uid, member.uid)
    assert {uids["shared"], uids["notes"], uids["envs"]} == {owner.uid}
    assert home.stat().st_mode & 0o7777 == 0o2771
    assert (home / "public").stat().st_mode & 0o2000
    given = dict(acl.decode(os.getxattr(home / "public", acl.DEFAULT)).users)
    assert given[viewer.uid] == acl.LOOK


@pytest_twisted.ensureDeferred
async def test_a_strangers_secret_does_not_leave(helped: Helped, other: Helped) -> None:
    """A second name for it in the project ends the move, and says which."""
    asked, before = filled(helped)
    stranger = helped.people.everybody[3]
    write(before / "secret", stranger, "not theirs", 0o600)
    source, target = depot(helped), depot(other)
    try:
        with pytest.raises(Failed, match="“secret” belongs to somebody outside"):
            await carry(source, target, asked)
        await target.shipments.drop(asked, target.told.append)
        assert not (other.projects / before.parent.name / "lab").exists()
        assert (before / "secret").exists()
    finally:
        await end(source, target)


@pytest.mark.parametrize("verb", ["send", "receive"])
@pytest_twisted.ensureDeferred
async def test_a_helper_that_is_killed(
    helped: Helped, other: Helped, verb: str
) -> None:
    """Nothing is in its place; the next attempt brings all of it."""
    asked, before = filled(helped)
    write(before / "large", helped.people[0], "abcd" * 3_000_000, 0o660)
    source, target = depot(helped), depot(other)
    home = other.projects / before.parent.name / "lab"
    again = ShipmentQuestion(asked.project, "s2")
    try:
        await carry(source, target, asked, pieces=1)
        killed = helped if verb == "send" else other
        kill(str(killed.settings))
        with pytest.raises(Failed, match=r"was killed|broke off"):
            await carry_on(source, target, asked)
        assert not home.exists()
        assert (before / "large").exists()
        with suppress(Failed):  # what is asked before the death is heard of dies, too
            await carry(source, target, again)
        await carry(source, target, again)
        await target.shipments.settle(again, target.told.append)
        assert (home / "large").read_bytes() == (before / "large").read_bytes()
        assert list((other.projects / ".taken").iterdir()) == []
    finally:
        await end(source, target)


async def carry_on(source: Depot, target: Depot, asked: ShipmentQuestion) -> None:
    """Carry all but the first piece, and settle."""
    for number in range(1, 1000):
        question = PieceQuestion("p1", asked.shipment, number)
        piece = read_piece(await source.shipments.load(question))
        if not piece.content:
            break
        await target.shipments.unload(piece)
    await target.shipments.settle(asked, target.told.append)


def kill(settings: str) -> None:
    """Kill all calls of a helper with these settings."""
    found = subprocess.run(
        ("pgrep", "-f", settings), capture_output=True, text=True, check=False
    )
    for pid in found.stdout.split():
        with suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)
