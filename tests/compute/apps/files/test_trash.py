"""The trash of a project: who may throw away, who may have back, and tricks."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aen.compute.apps.files.conditions import Conditions
from aen.compute.apps.files.inside import Inside
from aen.compute.apps.files.refusals import Refusal
from aen.compute.apps.files.trash import NAME, Emptied
from aen.compute.apps.files.trash_items import new_id
from aen.compute.disk.walk import Refused
from tests.compute.accounts import People, Person
from tests.compute.apps.files.acting import DAY, NOW, at_home, trash_of
from tests.compute.disk.estate import Estate, estate, person

ANY = Conditions()
OWNER, MEMBER, VIEWER, OUTSIDER = range(4)


def throw(inside: Inside, way: str, user: str = "", now: float = NOW) -> str:
    """Throw something away."""
    with inside.find(tuple(way.split("/")), follow=False) as found:
        return trash_of(inside, user).put(found, ANY, now)


def paths(inside: Inside, now: float = NOW) -> list[str]:
    """Return from where the things in the trash are."""
    items, _ = trash_of(inside).page("", 100, now)
    return ["/".join(one.note.names) for one in items]


def test_who_has_done_it(project: Path, inside: Inside) -> None:
    """Where all work as one account, the app says for whom it works."""
    throw(inside, "notes.txt", "ada")
    ((item,), _) = trash_of(inside, "ben").page("", 9, NOW)
    assert (item.by, item.at, item.size) == ("ada", NOW, 10)
    assert stat.S_IMODE((project / NAME).stat().st_mode) == 0o770


def test_an_open_project_has_no_open_trash(project: Path, inside: Inside) -> None:
    """Others never get in, though they may read the project."""
    project.chmod(0o755)
    throw(inside, "notes.txt")
    assert stat.S_IMODE((project / NAME).stat().st_mode) & 0o007 == 0


def test_names_that_are_no_text(project: Path, inside: Inside) -> None:
    """Come back exactly."""
    name = os.fsdecode(b"a\xff b")
    (project / "data" / name).touch()
    item = throw(inside, f"data/{name}")
    trash_of(inside).restore(item, ())
    assert (project / "data" / name).exists()


def test_links(project: Path, inside: Inside) -> None:
    """Go and come back as links; what they name is not touched."""
    (project / "out").symlink_to("../outside/secret")
    item = throw(inside, "out")
    assert trash_of(inside).restore(item, ()) == "out"
    assert (project / "out").readlink() == Path("../outside/secret")
    trash_of(inside).remove(throw(inside, "out"))
    assert (project.parent / "outside/secret").exists()


def test_a_trash_that_is_a_link(project: Path, inside: Inside) -> None:
    """Nothing goes through it, nothing in it is shown or removed."""
    outside = project.parent / "outside"
    item = new_id(NOW, "0" * 16)
    (outside / item).mkdir()
    (outside / item / "content").write_text("x")
    (project / NAME).symlink_to("../outside")
    trash = trash_of(inside)
    for work in (
        lambda: throw(inside, "notes.txt"),
        lambda: trash.page("", 9, NOW),
        lambda: trash.restore(item, ("x",)),
        lambda: trash.remove(item),
        trash.empty,
    ):
        with pytest.raises(Refused, match="is a link"):
            work()
    assert (project / "notes.txt").exists()
    assert (outside / item / "content").exists()


def planted(project: Path, what: str) -> str:
    """Put something into the trash as no app of ours does."""
    item = new_id(NOW, "0" * 16)
    place = project / NAME / item
    place.parent.mkdir(mode=0o770)
    if what == "link":
        place.symlink_to("../../outside")
        return item
    place.mkdir()
    (place / "content").write_text("x")
    if what == "note is a link":
        (place / "note.json").symlink_to("../../../outside/secret")
    elif what == "note is a pipe":
        os.mkfifo(place / "note.json")
    elif what == "note leads out":
        (place / "note.json").write_text('{"path": "../outside/x", "by": "x"}')
    elif what == "note leads through a link":
        (project / "out").symlink_to("../outside")
        (place / "note.json").write_text('{"path": "out/x", "by": "x"}')
    return item


@pytest.mark.parametrize(
    "what",
    ["link", "note is a link", "note is a pipe", "note leads out",
     "note leads through a link", "no note"],
)  # fmt: skip
def test_tricks(project: Path, inside: Inside, what: str) -> None:
    """Whatever is planted there: nothing comes back outside of the project."""
    item = planted(project, what)
    trash = trash_of(inside)
    trash.page("", 9, NOW)
    with pytest.raises((Refusal, OSError)):
        trash.restore(item, ())
    trash.empty()
    outside = project.parent / "outside"
    assert [one.name for one in outside.iterdir()] == ["secret"]


def test_where_it_is_in_the_way(project: Path, inside: Inside) -> None:
    """A file above it, or nobody knows where it was: it stays in the trash."""
    item = throw(inside, "data/one.csv")
    (project / "data/deep").rmdir()
    (project / "data").rmdir()
    (project / "data").write_text("a file")
    with pytest.raises(Refusal, match="is a file"):
        trash_of(inside).restore(item, ())
    (project / NAME / item / "note.json").write_text("{}")
    with pytest.raises(Refusal, match="say where to"):
        trash_of(inside).restore(item, ())
    assert trash_of(inside).restore(item, ("a", "b", "c")) == "a/b/c"
    assert (project / "a/b/c").read_text() == "1,2,3"


def test_what_a_crash_leaves(project: Path, inside: Inside) -> None:
    """Half removed it is not shown; an hour later it goes with what is old."""
    item = throw(inside, "data")
    (project / NAME / item).rename(project / NAME / f"going-{item}")
    assert paths(inside) == []
    trash_of(inside).expire(NOW)
    assert (project / NAME / f"going-{item}").exists()
    os.utime(project / NAME / f"going-{item}", (1, 1))
    trash_of(inside).expire(NOW)
    assert list((project / NAME).iterdir()) == []


def test_ages(project: Path, inside: Inside) -> None:
    """What is old goes, some at a time; a clock that went wrong shows no future."""
    for number in range(25):
        (project / str(number)).touch()
        throw(inside, str(number), now=NOW - 31 * DAY)
    throw(inside, "notes.txt", now=NOW + DAY)
    assert paths(inside) == ["notes.txt"]
    assert trash_of(inside).page("", 9, NOW)[0][0].at == NOW
    trash_of(inside).expire(NOW)
    assert len(list((project / NAME).iterdir())) == 6
    trash_of(inside).expire(NOW)
    assert len(list((project / NAME).iterdir())) == 1


def test_nothing_is_left_of_what_was_not_thrown_away(
    project: Path, inside: Inside
) -> None:
    """It is as before."""
    with inside.find(("notes.txt",)) as found:
        with pytest.raises(Refusal):
            trash_of(inside).put(found, Conditions(match=b'"x"'), NOW)
        (project / "notes.txt").unlink()
        with pytest.raises(FileNotFoundError):
            trash_of(inside).put(found, ANY, NOW)
    assert list((project / NAME).iterdir()) == []


@pytest.fixture
def lab(accounts: People) -> Iterator[Estate]:
    """Give an adopted project with owner, member and viewer, and a folder of theirs."""
    with estate(accounts) as made:
        made.adopt(made.team(person(accounts[1]), person(accounts[2], "r-x")))
        at_home(made, accounts[0], lambda _: (made.home / "notes/x").write_text("x"))
        yield made


def as_(lab: Estate, number: int, work: Any) -> Any:
    """Do something with the trash as one of the people."""
    who: Person = lab.people[number]
    return at_home(lab, who, work)


@pytest.mark.root
def test_across_members(lab: Estate) -> None:
    """What one has thrown away another gets back, with the rights that it had."""
    rights = (lab.home / "notes/x").stat().st_mode
    item = as_(lab, MEMBER, lambda inside: throw(inside, "notes/x"))
    assert len(item) == 29
    for who in (OWNER, MEMBER, VIEWER):
        assert as_(lab, who, paths) == ["notes/x"]
    by = as_(lab, OWNER, lambda one: trash_of(one).page("", 9, NOW)[0][0].by)
    assert by == lab.people[MEMBER].name
    assert as_(lab, OUTSIDER, paths) == "errno 13"
    assert as_(lab, VIEWER, lambda one: trash_of(one).restore(item, ())) == "errno 13"
    assert as_(lab, OUTSIDER, lambda one: trash_of(one).restore(item, ())) == "errno 13"
    assert as_(lab, OWNER, lambda one: trash_of(one).restore(item, ())) == "notes/x"
    about = (lab.home / "notes/x").stat()
    assert (about.st_mode, about.st_uid) == (rights, lab.people[OWNER].uid)


@pytest.mark.root
def test_folders_across_members(lab: Estate) -> None:
    """With what several have made in them; and one for good."""
    as_(lab, MEMBER, lambda _: (lab.home / "notes/mine").mkdir())
    item = as_(lab, OWNER, lambda inside: throw(inside, "notes"))
    assert as_(lab, MEMBER, lambda one: trash_of(one).restore(item, ())) == "notes"
    again = as_(lab, MEMBER, lambda inside: throw(inside, "notes"))
    assert as_(lab, VIEWER, lambda one: trash_of(one).remove(again)) == "errno 13"
    assert as_(lab, OWNER, lambda one: trash_of(one).remove(again)) is None
    assert list((lab.home / NAME).iterdir()) == []


@pytest.mark.root
def test_viewers_throw_nothing_away(lab: Estate) -> None:
    """Nor do they make a trash; nothing has moved."""
    assert as_(lab, VIEWER, lambda inside: throw(inside, "notes/x")) == "errno 13"
    assert (lab.home / "notes/x").exists()
    assert not (lab.home / NAME).exists()
    assert as_(lab, VIEWER, paths) == []


@pytest.mark.root
def test_what_was_closed_stays_closed(lab: Estate) -> None:
    """A file that the team could read but for its folder is not read in the trash."""

    def prepare(_: Inside) -> None:
        (lab.home / "private/open").mkdir(parents=True)
        (lab.home / "private/open/x").write_text("x")
        (lab.home / "private").chmod(0o700)

    as_(lab, MEMBER, prepare)
    item = as_(lab, MEMBER, lambda inside: throw(inside, "private/open/x"))
    place = lab.home / NAME / item / "content"
    assert as_(lab, OWNER, lambda _: place.read_text()) == "errno 13"
    assert as_(lab, OWNER, paths) == []
    assert as_(lab, OWNER, lambda one: trash_of(one).empty()) == Emptied(0, 1)
    assert as_(lab, MEMBER, paths) == ["private/open/x"]
    assert as_(lab, MEMBER, lambda one: trash_of(one).restore(item, ())) == (
        "private/open/x"
    )


@pytest.mark.root
def test_emptied_as_far_as_one_may(lab: Estate) -> None:
    """What is not ours to remove is kept, and can still come back."""

    def close(_: Inside) -> None:
        (lab.home / "mixed/closed").mkdir(parents=True)
        (lab.home / "mixed/closed/x").write_text("x")
        (lab.home / "mixed/closed").chmod(0o700)

    as_(lab, MEMBER, close)
    item = as_(lab, OWNER, lambda inside: throw(inside, "mixed"))
    as_(lab, OWNER, lambda inside: throw(inside, "notes"))
    assert as_(lab, OWNER, lambda one: trash_of(one).empty()) == Emptied(1, 1)
    assert as_(lab, MEMBER, paths) == ["mixed"]
    assert as_(lab, MEMBER, lambda one: trash_of(one).restore(item, ())) == "mixed"
    assert (lab.home / "mixed/closed/x").read_text() == "x"


@pytest.mark.root
def test_who_left_the_team(lab: Estate) -> None:
    """Gets at nothing in it any more; the owner restores what they threw away."""
    item = as_(lab, MEMBER, lambda inside: throw(inside, "notes/x"))
    viewer = person(lab.people[VIEWER], "r-x")
    lab.apply(lab.team(viewer), lab.team(person(lab.people[MEMBER]), viewer))
    assert as_(lab, MEMBER, paths) == "errno 13"
    assert as_(lab, OWNER, paths) == ["notes/x"]
    assert as_(lab, OWNER, lambda one: trash_of(one).restore(item, ())) == "notes/x"
