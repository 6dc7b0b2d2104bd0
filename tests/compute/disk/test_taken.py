"""What root takes over for its owners: whole or not at all; root runs these tests."""

import os
import signal
import sys
from pathlib import Path

import pytest

from aen.compute.disk import project, taken
from aen.compute.disk.acl import Team
from aen.compute.disk.walk import Refused
from tests.compute.accounts import Person
from tests.compute.disk.estate import Estate, allowed, person, unheard

pytestmark = pytest.mark.root

ROUNDS = int(os.environ.get("AEN_CRASH_ROUNDS", "20"))
_STEPS = (
    "open os.rename os.chown os.chmod os.mkdir os.rmdir os.remove os.setxattr os.fork"
    " os.scandir".split()
)


def team(ground: Estate) -> Team:
    """Return the owner with one member."""
    return ground.team(person(ground.people[1]))


def place(ground: Estate, name: str = "default", staging: str = "p1.b") -> None:
    """Stage an environment and have it put into the project."""
    ground.stage_environment(staging)
    root, service = str(ground.root), ground.people.service.uid
    taken.place(root, service, staging, "ada", "lab", name, team(ground), unheard)


def left(ground: Estate) -> list[str]:
    """Return what is in the places of work."""
    return [
        one.name for name in (".taken", ".staging")
        for one in (ground.root / name).iterdir()
    ]  # fmt: skip


def test_adopted(ground: Estate) -> None:
    """All is the owner's but what environments share; nothing is left behind."""
    ground.adopt(team(ground))
    owner, service = ground.people[0], ground.people.service
    for one in (ground.home, *ground.home.rglob("*")):
        about = one.lstat()
        shared = one.name == "six.py"
        assert about.st_uid == (service.uid if shared else owner.uid), one
    assert (ground.home / "link").readlink().name == "README.md"
    assert (ground.root / "ada").stat().st_uid == 0
    assert left(ground) == []
    root = str(ground.root)
    found = taken.check(root, "ada", "lab", "default", team(ground))
    assert found == {"project": True, "environment": True}


def test_what_is_not_the_services(ground: Estate) -> None:
    """Only what the service staged is taken, and of that only what is its own."""
    ground.stage()
    os.chown(ground.root / ".staging/p1.a", ground.people[3].uid, -1)
    with pytest.raises(Refused, match="not the service's"):
        ground_adopt(ground)
    assert left(ground) == []
    ground.stage()
    os.chown(ground.root / ".staging/p1.a/project", 0, 0)
    with pytest.raises(Refused, match="not the service's"):
        ground_adopt(ground)
    ground.stage()
    planted = ground.root / ".staging/p1.a/project/planted"
    planted.touch()
    ground_adopt(ground)
    assert (ground.home / "planted").stat().st_uid == 0


def ground_adopt(ground: Estate) -> None:
    """Take over what is staged."""
    root, service = str(ground.root), ground.people.service.uid
    taken.adopt(root, service, "p1.a", "ada", "lab", team(ground), unheard)


def test_nothing_is_replaced(ground: Estate) -> None:
    """What is already at a project's place stays."""
    ground.adopt(team(ground))
    ground.stage()
    with pytest.raises(Refused, match="already"):
        ground_adopt(ground)
    assert (ground.home / "README.md").exists()
    assert left(ground) == []


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "../x", "~x", "a\n", "x" * 200])
def test_names(name: str, ground: Estate) -> None:
    """One entry of a directory, or nothing is done."""
    root, whose = str(ground.root), team(ground)
    service = ground.people.service.uid
    for work in (
        lambda: taken.adopt(root, service, name, "ada", "lab", whose, unheard),
        lambda: taken.adopt(root, service, "p1.a", name, "lab", whose, unheard),
        lambda: taken.place(root, service, "s", "ada", "lab", name, whose, unheard),
        lambda: taken.check(root, "ada", name, "default", whose),
        lambda: taken.remove(root, "ada", name),
    ):
        with pytest.raises(Refused):
            work()
    assert left(ground) == []


def test_an_environment_is_placed(ground: Estate) -> None:
    """Where there was one, where there was none, where even ``envs`` was gone."""
    ground.adopt(team(ground))
    old = ground.home / "envs/default/old"
    old.write_text("x")
    place(ground)
    assert not old.exists()
    place(ground, "_aen-5f")
    (ground.home / "envs").rename(ground.home / "away")
    place(ground)
    member = ground.people[1]
    fresh = ground.home / "envs/default/fresh"
    assert allowed(member, lambda: fresh.write_text("x"))
    assert allowed(ground.people[0], lambda: fresh.write_text("y"))
    assert (ground.home / "away/_aen-5f/pyvenv.cfg").exists()
    assert left(ground) == []


def test_a_link_for_environments(ground: Estate) -> None:
    """It is refused, and what it leads to stays as it was."""
    ground.adopt(team(ground))
    outside = ground.root.parent / "outside"
    outside.mkdir()
    (ground.home / "envs").rename(ground.home / "away")
    (ground.home / "envs").symlink_to(outside)
    with pytest.raises(Refused, match="is a link"):
        place(ground)
    (ground.home / "envs").unlink()
    (ground.home / "envs").mkdir()
    with pytest.raises(Refused, match="not its team's"):
        place(ground)
    assert list(outside.iterdir()) == []
    assert left(ground) == []


def test_removed(ground: Estate) -> None:
    """Nothing is left; what is not there is gone too; links lead nowhere."""
    ground.adopt(team(ground))
    kept = ground.root.parent / "kept"
    kept.mkdir()
    (kept / "work").touch()
    (ground.home / "out").symlink_to(kept)
    (ground.home / "notes").chmod(0)
    (ground.root / ".taken" / "~ada~lab~broken").mkdir()
    taken.remove(str(ground.root), "ada", "lab")
    assert not ground.home.exists()
    assert left(ground) == []
    taken.remove(str(ground.root), "ada", "lab")
    taken.remove(str(ground.root), "nobody", "lab")
    assert (kept / "work").exists()


def test_swept(ground: Estate) -> None:
    """What is old goes; what may be under way stays."""
    for name in ("p1.x", "p2.y"):
        (ground.root / ".taken" / name).mkdir()
    os.utime(ground.root / ".taken/p1.x", (1, 1))
    taken.sweep(str(ground.root), 3600)
    assert left(ground) == ["p2.y"]
    taken.sweep(str(ground.root), 0)
    assert left(ground) == []


def test_a_place_that_is_not_roots(ground: Estate) -> None:
    """Root works only where nobody else gets in."""
    (ground.root / ".taken").chmod(0o755)
    with pytest.raises(Refused, match="mode 0700"):
        taken.sweep(str(ground.root), 0)


def readable(who: Person, path: Path) -> bool:
    """Whether an account can read something."""
    return allowed(who, lambda: os.open(path, os.O_RDONLY))


def _killed_at(ground: Estate, step: int) -> int:
    """Adopt in a child that is killed at a step; return how many it did, or -1."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        done = 0

        def count(event: str, _: object) -> None:
            nonlocal done
            if event in _STEPS:
                done += 1
                if done == step:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count)
        try:
            ground_adopt(ground)
        finally:
            os.write(writing, str(done).encode())
            os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    said = os.read(reading, 100)
    os.close(reading)
    return int(said or -1)


def test_killed_at_any_step(ground: Estate) -> None:
    """Nothing is where people look, or all of it; the next start makes it whole."""
    ground.stage()
    steps = _killed_at(ground, 0)
    taken.remove(str(ground.root), "ada", "lab")
    assert steps > 50
    member, kills = ground.people[1], 0
    for number in range(ROUNDS):
        step = 1 + number * (steps - 1) // max(1, ROUNDS - 1)
        ground.stage()
        kills += _killed_at(ground, step) == -1
        if not ground.home.exists():
            project.sweep(str(ground.root), "p1.", 0)
            ground.adopt(team(ground))
        assert ground.home.stat().st_mode & 0o7777 == 0o2771
        for name in ("README.md", "notes", "envs/default/pyvenv.cfg"):
            assert readable(member, ground.home / name)
        taken.remove(str(ground.root), "ada", "lab")
        project.sweep(str(ground.root), "p1.", 0)
        taken.sweep(str(ground.root), 0)
        assert left(ground) == []
    assert kills > ROUNDS // 2
