"""Who may do what in a project of real accounts; root runs these tests."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from aen.compute.disk import acl, rights, taken
from aen.compute.disk.walk import Refused
from tests.compute.accounts import People, Person
from tests.compute.disk.estate import Estate, allowed, estate, person

pytestmark = pytest.mark.root

Do = Callable[[Path], object]


@pytest.fixture
def lab(accounts: People) -> Iterator[Estate]:
    """Return an adopted project: owner, member, viewer, and two outsiders."""
    with estate(accounts) as made:
        made.adopt(made.team(person(accounts[1]), person(accounts[2], "r-x")))
        yield made


def may(lab: Estate, number: int, do: Do, *where: str) -> list[str]:
    """Return at which places person *number* may do something."""
    return [name for name in where if trial(lab, lab.people[number], do, name)]


def trial(lab: Estate, who: Person, do: Do, where: str) -> bool:
    """Whether an account may do something at a place of the project."""
    return allowed(who, lambda: do(lab.home / where))


def read(path: Path) -> object:
    """Read a file or list a directory."""
    return [*path.iterdir()] if path.is_dir() else path.read_bytes()


def write(path: Path) -> object:
    """Change a file, or make and remove one in a directory."""
    if path.is_dir():
        (path / ".trial").touch()
        (path / ".trial").unlink()
        return None
    with path.open("ab") as file:
        return file.write(b"")


def run(path: Path) -> object:
    """Run a program."""
    pid = os.posix_spawn(path, [str(path)], {})
    assert os.waitpid(pid, 0)[1] == 0
    return None


FILES = ("README.md", "run.sh", "envs/default/pyvenv.cfg", "public/page.html")
DIRECTORIES = (".", "notes", "envs", "envs/default/bin", "public")
SHARED = "envs/default/lib/python3.11/site-packages/six.py"
OWNER, MEMBER, VIEWER, OUTSIDER = range(4)


@pytest.mark.parametrize("who", [OWNER, MEMBER])
def test_who_works_in_it(who: int, lab: Estate) -> None:
    """Owner and members may do all, but change what environments share."""
    everything = (*FILES, *DIRECTORIES)
    assert may(lab, who, read, *everything, SHARED) == [*everything, SHARED]
    assert may(lab, who, write, *everything, SHARED) == [*everything]
    assert may(lab, who, run, "run.sh", "README.md") == ["run.sh"]
    assert lab.home.stat().st_mode & 0o7777 == 0o2771


def test_a_viewer(lab: Estate) -> None:
    """Reads and runs everything, changes nothing."""
    everything = (*FILES, *DIRECTORIES, SHARED)
    assert may(lab, VIEWER, read, *everything) == [*everything]
    assert may(lab, VIEWER, write, *everything) == []
    assert may(lab, VIEWER, run, "run.sh") == ["run.sh"]


def test_an_outsider(lab: Estate) -> None:
    """Sees what is public and nothing else, not even names; the service neither."""
    everything = (*FILES, *DIRECTORIES, SHARED)
    public = ["public/page.html", "public"]
    assert may(lab, OUTSIDER, read, *everything) == public
    assert may(lab, OUTSIDER, write, *everything) == []
    seen = [one for one in everything if trial(lab, lab.people.service, read, one)]
    assert seen == public


def test_the_owners_group(lab: Estate) -> None:
    """Works with them, unless other people are in it."""

    def in_group() -> bool:
        owner = lab.people[OWNER]
        other = type(owner)("x", lab.people[OUTSIDER].uid, owner.gid, owner.home)
        return allowed(other, lambda: write(lab.home / "README.md"))

    assert in_group()
    team = lab.team(person(lab.people[MEMBER]), group=False)
    lab.apply(team, None, reset=True)
    assert not in_group()
    assert may(lab, MEMBER, write, "README.md") == ["README.md"]


def test_who_left(lab: Estate) -> None:
    """Gets at nothing, not even at what they made; the rest goes on."""
    member = lab.people[MEMBER]
    made = lab.home / "mine" / "file"

    def make() -> None:
        made.parent.mkdir()
        made.write_text("x")
        (lab.home / "top").write_text("x")

    assert allowed(member, make)
    before = lab.team(person(member), person(lab.people[VIEWER], "r-x"))
    lab.apply(lab.team(person(lab.people[VIEWER], "r-x")), before)
    names = (*FILES, *DIRECTORIES, "mine", "mine/file", "top")
    public = ["public/page.html", "public"]
    assert may(lab, MEMBER, read, *names) == public
    assert may(lab, MEMBER, write, *names) == []
    assert may(lab, OWNER, write, *names) == [*names]
    assert may(lab, VIEWER, read, *names) == [*names]
    assert dict(_list(made).users).keys() == {
        lab.people[OWNER].uid,
        lab.people[VIEWER].uid,
    }


def _list(path: Path) -> acl.Acl:
    return acl.decode(os.getxattr(path, acl.ACCESS))


def test_who_came_and_who_was_promoted(lab: Estate) -> None:
    """They may what their role says, in all that was there before them."""
    member, viewer, other = (person(lab.people[n]) for n in (1, 2, 3))
    before = lab.team(member, person(lab.people[VIEWER], "r-x"))
    made = lab.home / "notes" / "mine"
    assert allowed(lab.people[MEMBER], lambda: made.write_text("x"))
    lab.apply(lab.team(member, viewer, other), before)
    names = (*FILES, *DIRECTORIES, "notes/mine")
    for number in (VIEWER, OUTSIDER):
        assert may(lab, number, write, *names) == [*names]


@pytest.mark.parametrize("maker", [OWNER, MEMBER])
def test_what_is_made(maker: int, lab: Estate) -> None:
    """Is everybody's at once, whoever makes it, whatever their umask."""

    def make() -> None:
        (lab.home / "new").mkdir()
        (lab.home / "new" / "file").write_text("x")
        (lab.home / "public" / "new.html").write_text("x")

    assert allowed(lab.people[maker], make, 0o077)
    names = ("new", "new/file", "public/new.html")
    for number in (OWNER, MEMBER):
        assert may(lab, number, write, *names) == [*names]
    assert may(lab, VIEWER, read, *names) == [*names]
    assert may(lab, VIEWER, write, *names) == []
    assert may(lab, OUTSIDER, read, *names) == ["public/new.html"]


def test_what_is_moved_in(lab: Estate) -> None:
    """Is the maker's alone, until the next start gives it the whole."""
    owner = lab.people[OWNER]
    outside = lab.root.parent / "elsewhere"
    outside.mkdir()
    (outside / "tree").mkdir(mode=0o700)
    (outside / "tree" / "file").write_text("x")
    (outside / "tree" / "file").chmod(0o600)
    for one in (outside, outside / "tree", outside / "tree" / "file"):
        os.chown(one, owner.uid, lab.people[OUTSIDER].gid)
    assert allowed(owner, lambda: (outside / "tree").rename(lab.home / "tree"))
    assert may(lab, MEMBER, read, "tree", "tree/file") == []
    team = lab.team(person(lab.people[MEMBER]), person(lab.people[VIEWER], "r-x"))
    lab.apply(team, team)
    assert may(lab, MEMBER, write, "tree", "tree/file") == ["tree", "tree/file"]
    assert may(lab, OUTSIDER, read, "tree", "tree/file") == []
    assert (lab.home / "tree").stat().st_mode & 0o7777 == 0o2770
    assert (lab.home / "tree" / "file").stat().st_gid == owner.gid


def test_what_people_set(lab: Estate) -> None:
    """Stays at later starts, also when the team changes, and goes with a reset."""
    owner, member, other = (lab.people[n] for n in (OWNER, MEMBER, OUTSIDER))
    secret, lent = lab.home / "secret", lab.home / "lent"

    def set_rights() -> None:
        secret.write_text("x")
        secret.chmod(0o600)
        lent.write_text("x")
        found = dict(_list(lent).users) | {other.uid: 4, member.uid: 0}
        one = acl.Acl(6, 0, 0, tuple(sorted(found.items())), mask=6)
        os.setxattr(lent, acl.ACCESS, acl.encode(one))

    assert allowed(owner, set_rights)
    team = lab.team(person(member), person(lab.people[VIEWER], "r-x"))
    lab.apply(team, team)
    lab.apply(lab.team(person(member)), team)
    assert may(lab, MEMBER, read, "secret", "lent") == []
    assert dict(_list(lent).users)[other.uid] == 4
    lab.apply(team, team, reset=True)
    assert may(lab, MEMBER, write, "secret", "lent") == ["secret", "lent"]
    assert other.uid not in dict(_list(lent).users)


def test_an_atomic_save(lab: Estate) -> None:
    """A file made for its maker alone is so until a reset: nothing tells it apart."""

    def save() -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        os.close(os.open(lab.home / ".tmp", flags, 0o600))
        (lab.home / ".tmp").rename(lab.home / "README.md")

    assert allowed(lab.people[MEMBER], save)
    assert may(lab, OWNER, read, "README.md") == []
    team = lab.team(person(lab.people[MEMBER]))
    lab.apply(team, team, reset=True)
    assert may(lab, OWNER, write, "README.md") == ["README.md"]


def test_a_locked_directory(lab: Estate) -> None:
    """Is a reset's to open and a later start's to leave; a member's own too."""

    def lock() -> None:
        (lab.home / "notes" / "deep").mkdir()
        (lab.home / "notes" / "deep" / "file").write_text("x")
        (lab.home / "notes" / "deep").chmod(0)

    assert allowed(lab.people[MEMBER], lock)
    team = lab.team(person(lab.people[MEMBER]))
    lab.apply(team, team)
    assert may(lab, OWNER, read, "notes/deep") == []
    lab.apply(team, team, reset=True)
    assert may(lab, OWNER, write, "notes/deep/file") == ["notes/deep/file"]


def test_a_narrowed_door(lab: Estate) -> None:
    """Who left or may do less is out at once, before any file was looked at."""
    root, bob = str(lab.root), person(lab.people[MEMBER], "r-x")
    everything = (*FILES, *DIRECTORIES)
    told = rights.narrow_door(root, "ada", "lab", lab.team(bob))
    assert told == {"project": True}
    assert may(lab, MEMBER, read, *everything) == []
    assert may(lab, VIEWER, read, *everything) == []
    assert may(lab, OWNER, write, *everything) == [*everything]
    taken.check(root, "ada", "lab", "default", lab.team(bob))
    assert may(lab, MEMBER, read, *everything) == []
    before = lab.team(person(lab.people[MEMBER]), person(lab.people[VIEWER], "r-x"))
    lab.apply(lab.team(bob), before)
    assert may(lab, MEMBER, read, *everything) == [*everything]
    assert may(lab, MEMBER, write, *everything) == []
    assert may(lab, VIEWER, read, *everything) == ["public/page.html", "public"]
    assert rights.narrow_door(root, "ada", "gone", lab.team()) == {"project": False}


@pytest.mark.parametrize("wrong", ["project", "parent", "open parent", "link", "none"])
def test_what_is_refused(wrong: str, lab: Estate) -> None:
    """Directories that are not whose they must be, and links."""
    if wrong == "project":
        os.chown(lab.home, lab.people[OUTSIDER].uid, -1)
    elif wrong == "parent":
        os.chown(lab.home.parent, lab.people[OWNER].uid, -1)
    elif wrong == "open parent":
        lab.home.parent.chmod(0o777)
    elif wrong == "link":
        lab.home.rename(lab.root / "ada" / "other")
        lab.home.symlink_to("other")
    else:
        shutil.rmtree(lab.home)
    with pytest.raises(Refused):
        lab.apply(lab.team(), None)
