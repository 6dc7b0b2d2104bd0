"""People who swap files for links while root and passes are at work."""

import ctypes
import hashlib
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from aen.compute.disk import taken
from tests.compute.accounts import People
from tests.compute.disk.estate import Estate, allowed, estate, person, unheard

pytestmark = pytest.mark.root

SECONDS = float(os.environ.get("AEN_RACE_SECONDS", "2"))
LEAST = 3
"""How often the work is done at least, under attack."""
_AT_CWD, _EXCHANGE = -100, 2
_LIBC = ctypes.CDLL(None, use_errno=True)


@pytest.fixture
def lab(accounts: People) -> Iterator[Estate]:
    """Return an adopted project of an owner and a member."""
    with estate(accounts) as made:
        made.adopt(made.team(person(accounts[1])))
        yield made


def exchange(one: Path, other: Path) -> None:
    """Swap two entries in one step."""
    names = (os.fsencode(one), os.fsencode(other))
    _LIBC.renameat2(_AT_CWD, names[0], _AT_CWD, names[1], _EXCHANGE)


def digest(*trees: Path) -> str:
    """Return what would tell any change of files that nobody may touch."""
    found = hashlib.sha256()
    for tree in trees:
        for path in (tree, *sorted(tree.rglob("*"))):
            about = path.lstat()
            lists = [] if path.is_symlink() else os.listxattr(path)
            found.update(
                repr((path, about.st_mode, about.st_uid, about.st_gid, lists)).encode()
            )
            if path.is_file() and not path.is_symlink():
                found.update(path.read_bytes())
    return found.hexdigest()


def outside(lab: Estate) -> Path:
    """Make a directory of root's beside the project root."""
    place = lab.root.parent / "outside"
    (place / "below").mkdir(parents=True)
    for name in ("secret", "below/secret"):
        (place / name).write_text("x")
        (place / name).chmod(0o600)
    place.chmod(0o755)
    return place


def attack(lab: Estate, prepare: Callable[[], None], swap: Callable[[], None]) -> int:
    """Start a process of the owner that swaps for ever; return its pid."""
    assert allowed(lab.people[0], prepare)
    pid = os.fork()
    if pid == 0:
        owner = lab.people[0]
        os.setgroups([owner.gid])
        os.setresgid(owner.gid, owner.gid, owner.gid)
        os.setresuid(owner.uid, owner.uid, owner.uid)
        while True:
            try:
                swap()
            except OSError:
                continue
    return pid


def until_the_end(work: Callable[[], None]) -> None:
    """Do it again and again, some times at least, however slow the machine is."""
    count, end = 0, time.monotonic() + SECONDS
    while count < LEAST or time.monotonic() < end:
        work()
        count += 1


def _directories(lab: Estate, beyond: Path) -> tuple[Callable[[], None], ...]:
    home = lab.home

    def prepare() -> None:
        for number in range(50):
            (home / "notes" / f"{number}").mkdir()
        (home / "trap").mkdir()
        (home / "trap" / "below").mkdir()
        (home / "trap" / "secret").touch()
        (home / "other").symlink_to(beyond)

    return prepare, lambda: exchange(home / "trap", home / "other")


def _files(lab: Estate, _: Path) -> tuple[Callable[[], None], ...]:
    """A file of the owner's and a second name of one that projects share."""
    site = lab.home / "envs/default/lib/python3.11/site-packages"

    def prepare() -> None:
        (site / "mine.py").touch()

    return prepare, lambda: exchange(site / "mine.py", site / "six.py")


def _environments(lab: Estate, beyond: Path) -> tuple[Callable[[], None], ...]:
    home = lab.home

    def prepare() -> None:
        (home / "other").symlink_to(beyond)

    return prepare, lambda: exchange(home / "envs", home / "other")


@pytest.mark.parametrize("how", [_directories, _files, _environments])
def test_nothing_outside_is_changed(
    how: Callable[[Estate, Path], tuple[Callable[[], None], ...]], lab: Estate
) -> None:
    """Passes, placed environments and removals meet links; all outside stays."""
    beyond = outside(lab)
    before = digest(beyond, lab.root / ".envs")
    team = lab.team(person(lab.people[1]))
    root, service = str(lab.root), lab.people.service.uid

    def work() -> None:
        lab.apply(team, None, reset=True)
        lab.stage_environment()
        given = (root, service, "p1.b", "ada", "lab", "extra")
        try:
            taken.place(*given, team, unheard)
        except Exception as error:  # noqa: BLE001 -- to be refused is right
            assert type(error).__name__ in {"Refused", "FileNotFoundError"}  # noqa: PT017

    attacker = attack(lab, *how(lab, beyond))
    try:
        until_the_end(work)
        removed_under_attack(root)
    finally:
        os.kill(attacker, signal.SIGKILL)
        os.waitpid(attacker, 0)
    assert digest(beyond, lab.root / ".envs") == before


def removed_under_attack(root: str) -> None:
    """Remove the project; the attacker may make that fail, not misled."""
    try:
        taken.remove(root, "ada", "lab")
    except OSError:
        return
