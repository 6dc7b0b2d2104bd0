"""Who may do what with a file, shown and set; with real accounts."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aen.compute.apps.files.accounts import Whose
from aen.compute.apps.files.body import Gone
from aen.compute.apps.files.inside import Inside
from aen.compute.apps.files.refusals import Refusal
from aen.compute.apps.files.rights import rights_of, set_rights
from aen.compute.apps.files.wishes import May, Named, Wishes
from aen.compute.disk.acl import ACCESS, DEFAULT, decode, encode
from tests.compute.accounts import People
from tests.compute.apps.files.acting import at_home
from tests.compute.disk.estate import Estate, allowed, estate, person

NOBODY = {"read": False, "write": False, "run": False}
READS = NOBODY | {"read": True}
WRITES = READS | {"write": True}
NOT_SAID = Whose()
OWNER, MEMBER, VIEWER, OUTSIDER = range(4)


def shown(inside: Inside, way: str, whose: Whose = NOT_SAID) -> dict[str, Any]:
    """Return the rights of something."""
    names = tuple(one for one in way.split("/") if one)
    with inside.find(names, follow=False) as found:
        return rights_of(inside, found, whose)


def wish(  # noqa: PLR0913, PLR0917 -- as it is asked for
    inside: Inside,
    way: str,
    people: dict[str, dict[str, bool]] | None = None,
    others: dict[str, bool] | None = None,
    recursive: bool = False,  # noqa: FBT001, FBT002
    most: int = 100,
    whose: Whose = NOT_SAID,
) -> dict[str, Any]:
    """Set the rights of something."""
    named = None if people is None else tuple(
        Named(**may, name=name) for name, may in people.items()
    )  # fmt: skip
    wishes = Wishes(named, None if others is None else May(**others), recursive)
    names = tuple(one for one in way.split("/") if one)
    with inside.find(names, follow=False) as found:
        return set_rights(inside, found, wishes, whose, most, lambda: False)


def test_one_account(project: Path, inside: Inside) -> None:
    """There is nothing to set, and why."""
    said = shown(inside, "notes.txt")
    assert (said["mine"], said["acl"]) == (True, False)
    assert (said["people"], said["team"]) == ([], [])
    assert said["mode"] == f"{(project / 'notes.txt').stat().st_mode & 0o7777:04o}"
    with pytest.raises(Refusal, match="belong to one account") as caught:
        wish(inside, "notes.txt", {})
    assert caught.value.status == 409


def test_a_link_has_none(project: Path, inside: Inside) -> None:
    """What it names has."""
    (project / "link").symlink_to("notes.txt")
    for work in (shown, wish):
        with pytest.raises(Refusal, match="is a link") as caught:
            work(inside, "link")
        assert caught.value.status == 409


@pytest.fixture
def lab(accounts: People) -> Iterator[Estate]:
    """Give an adopted project, and a folder of the member's in it."""
    with estate(accounts) as made:
        made.adopt(made.team(person(accounts[1]), person(accounts[2], "r-x")))

        def work(_: Inside) -> None:
            (made.home / "mine/deep").mkdir(parents=True)
            for name in ("mine/file", "mine/deep/file"):
                (made.home / name).write_text("x")
            (made.home / "mine/program").write_text("#!/bin/sh\n")
            (made.home / "mine/program").chmod(0o770)

        at_home(made, accounts[MEMBER], work)
        yield made


def named(lab: Estate, *numbers: int, **may: bool) -> dict[str, dict[str, bool]]:
    """Return people with what they may."""
    return {lab.people[one].name: NOBODY | may for one in numbers}


def as_(lab: Estate, number: int, work: Any, *words: Any, **more: Any) -> Any:
    """Do something in the project as one of the people."""
    return at_home(lab, lab.people[number], lambda one: work(one, *words, **more))


def reads(lab: Estate, number: int, way: str) -> bool:
    """Whether somebody can read a file."""
    return allowed(lab.people[number], (lab.home / way).read_bytes)


def writes(lab: Estate, number: int, way: str) -> bool:
    """Whether somebody can change a file, or make one in a folder."""

    def work() -> None:
        if (lab.home / way).is_dir():
            (lab.home / way / "trial").touch()
            (lab.home / way / "trial").unlink()
        else:
            (lab.home / way).write_text("y")

    return allowed(lab.people[number], work)


@pytest.mark.root
def test_shown(lab: Estate) -> None:
    """What each really may; the team, for who wants to name them."""
    owner, member, viewer = (lab.people[n] for n in range(3))
    assert as_(lab, MEMBER, shown, "mine/file") == {
        "owner": member.name,
        "mine": True,
        "mode": "0660",
        "acl": True,
        "people": [{"name": owner.name, **WRITES}, {"name": viewer.name, **READS}],
        "groups": [],
        "team": sorted([owner.name, member.name, viewer.name]),
        "others": NOBODY,
    }
    assert not as_(lab, VIEWER, shown, "README.md")["mine"]
    assert as_(lab, VIEWER, shown, "")["owner"] == owner.name
    public = as_(lab, OUTSIDER, shown, "public/page.html")
    assert (public["others"], public["people"], public["team"]) == (READS, [], [])
    assert as_(lab, OUTSIDER, shown, "README.md") == 403


@pytest.mark.root
def test_the_platforms_own_are_not_shown(lab: Estate) -> None:
    """Nor are their entries ever taken away."""
    service = lab.people.service
    file = lab.home / "mine/file"
    acl = decode(os.getxattr(file, ACCESS))
    users = tuple(sorted((*acl.users, (service.uid, 4))))
    os.setxattr(file, ACCESS, encode(type(acl)(6, 7, 0, users, mask=6)))
    whose = Whose("", frozenset({service.uid}))
    people = as_(lab, MEMBER, wish, "mine/file", {}, whose=whose)["people"]
    assert people == []
    left = dict(decode(os.getxattr(file, ACCESS)).users)
    assert left[service.uid] == 4
    assert left.keys() == {service.uid, lab.people[MEMBER].uid}


@pytest.mark.root
def test_only_some(lab: Estate) -> None:
    """Who is named gets what is said; who is not gets at nothing, the owner neither."""
    said = as_(
        lab, MEMBER, wish, "mine/file", named(lab, VIEWER, read=True, write=True)
    )
    assert said["people"] == [{"name": lab.people[VIEWER].name, **WRITES}]
    assert [reads(lab, one, "mine/file") for one in range(4)] == [
        False,
        True,
        True,
        False,
    ]
    assert writes(lab, VIEWER, "mine/file")
    assert writes(lab, MEMBER, "mine/file")
    everybody = named(lab, OWNER, VIEWER, read=True)
    as_(lab, MEMBER, wish, "mine/file", everybody)
    assert [writes(lab, one, "mine/file") for one in range(3)] == [False, True, False]
    assert reads(lab, OWNER, "mine/file")


@pytest.mark.root
def test_shut_out_by_name(lab: Estate) -> None:
    """Who is named with nothing may not even do what others may."""
    others = {"read": True}
    path = "public/made"
    as_(lab, MEMBER, lambda _: (lab.home / path).write_text("x"))
    as_(lab, MEMBER, wish, path, named(lab, VIEWER), others)
    assert [reads(lab, one, path) for one in range(4)] == [True, True, False, True]
    as_(lab, MEMBER, wish, path, None, {})
    assert [reads(lab, one, path) for one in range(4)] == [False, True, False, False]


@pytest.mark.root
def test_a_folder(lab: Estate) -> None:
    """Who may read it gets in; what is made in it later has the same rights."""
    said = as_(lab, MEMBER, wish, "mine", named(lab, VIEWER, read=True, write=True))
    assert said["people"][0]["run"]
    assert writes(lab, VIEWER, "mine")
    assert not reads(lab, OWNER, "mine/file")
    as_(lab, VIEWER, lambda _: (lab.home / "mine/later").write_text("x"))
    assert reads(lab, MEMBER, "mine/later")
    assert writes(lab, MEMBER, "mine/later")
    as_(lab, MEMBER, lambda _: (lab.home / "mine/sub").mkdir())
    assert writes(lab, VIEWER, "mine/sub")
    as_(lab, MEMBER, wish, "mine", named(lab, OWNER, read=True))
    as_(lab, MEMBER, lambda _: (lab.home / "mine/last").write_text("x"))
    assert [reads(lab, one, "mine/last") for one in range(4)] == [
        True,
        True,
        False,
        False,
    ]
    assert not writes(lab, OWNER, "mine/last")
    assert not dict(decode(os.getxattr(lab.home / "mine", DEFAULT)).users).keys() - {
        lab.people[OWNER].uid, lab.people[MEMBER].uid
    }  # fmt: skip


@pytest.mark.root
def test_all_below(lab: Estate) -> None:
    """What is the caller's own; programs stay such, nothing else becomes one."""
    as_(lab, OWNER, lambda _: (lab.home / "mine/theirs").write_text("x"))
    (lab.home / "outside").write_text("x")
    as_(lab, MEMBER, lambda _: (lab.home / "mine/link").symlink_to("../outside"))
    people = named(lab, VIEWER, read=True, write=True, run=True)
    before = os.getxattr(lab.home / "README.md", ACCESS)
    said = as_(lab, MEMBER, wish, "mine", people, {}, recursive=True)
    assert (said["changed"], said["kept"]) == (5, 1)
    assert writes(lab, VIEWER, "mine/deep")
    assert writes(lab, VIEWER, "mine/deep/file")
    assert not reads(lab, OWNER, "mine/deep/file")
    assert not allowed(lab.people[OWNER], lambda: [*(lab.home / "mine").iterdir()])
    shows = as_(lab, MEMBER, shown, "mine/deep/file")["people"]
    assert shows == [{"name": lab.people[VIEWER].name, **WRITES}]
    program = as_(lab, MEMBER, shown, "mine/program")["people"]
    assert program == [{"name": lab.people[VIEWER].name, **WRITES, "run": True}]
    assert dict(decode(os.getxattr(lab.home / "mine/theirs", ACCESS)).users)[
        lab.people[OWNER].uid
    ]
    assert os.getxattr(lab.home / "README.md", ACCESS) == before


@pytest.mark.root
def test_bounds(lab: Estate) -> None:
    """So much at once, and no longer than somebody waits."""
    found = as_(lab, MEMBER, wish, "mine", {}, None, True, 2)
    assert found == 409

    def leave(inside: Inside) -> str:
        with inside.find(("mine",)) as it:
            try:
                set_rights(inside, it, Wishes((), None, True), Whose(), 9, lambda: True)
            except Gone:
                return "gone"
        return "done"

    assert at_home(lab, lab.people[MEMBER], leave) == "gone"


@pytest.mark.root
def test_refused(lab: Estate) -> None:
    """Others' files, the machine's own people, none at all, the project itself."""
    assert as_(lab, MEMBER, wish, "README.md", {}) == 403
    assert as_(lab, VIEWER, wish, "mine/file", {}) == 403
    assert as_(lab, MEMBER, wish, "mine/file", {"no-such-person": READS}) == 400
    assert as_(lab, MEMBER, wish, "mine/file", {"a\0": READS}) == 400
    assert as_(lab, MEMBER, wish, "mine/file", {"root": READS}) == 400
    assert as_(lab, OWNER, wish, "", {}) == 409
    (lab.home / "roots").write_text("x")
    assert as_(lab, OWNER, wish, "roots", {}) == 403
    os.mkfifo(lab.home / "pipe")
    os.chown(lab.home / "pipe", lab.people[OWNER].uid, -1)
    assert as_(lab, OWNER, wish, "pipe", {}) == 409


@pytest.mark.root
def test_another_name_for_a_file_elsewhere(lab: Estate) -> None:
    """Somebody put a file of ours here: it is not opened to those who work here."""
    private = lab.root / "private"
    private.write_text("x")
    private.chmod(0o600)
    os.chown(private, lab.people[MEMBER].uid, -1)
    os.link(private, lab.home / "mine/bait")
    everybody = named(lab, OWNER, VIEWER, read=True)
    assert as_(lab, MEMBER, wish, "mine/bait", everybody) == 409
    said = as_(lab, MEMBER, wish, "mine", everybody, None, True)
    assert said["kept"] == 1
    assert private.stat().st_mode & 0o7777 == 0o600


@pytest.mark.root
def test_who_has_no_account_any_more(lab: Estate) -> None:
    """Is shown by number, and can be left out or kept by it."""
    file = lab.home / "mine/file"
    acl = decode(os.getxattr(file, ACCESS))
    users = tuple(sorted((*acl.users, (1_999_999, 4))))
    os.setxattr(file, ACCESS, encode(type(acl)(6, 7, 0, users, mask=6)))
    said = as_(lab, MEMBER, shown, "mine/file")["people"]
    assert {"name": "1999999", **READS} in said
    kept = as_(lab, MEMBER, wish, "mine/file", {"1999999": READS})["people"]
    assert kept == [{"name": "1999999", **READS}]
    assert as_(lab, MEMBER, wish, "mine/file", {})["people"] == []
    assert as_(lab, MEMBER, wish, "mine/file", {"1999999": READS}) == 400


@pytest.mark.root
def test_other_groups_are_shown(lab: Estate) -> None:
    """A group that somebody let in by hand is not hidden, and stays."""
    file = lab.home / "mine/file"
    acl = decode(os.getxattr(file, ACCESS))
    groups = ((lab.people[OUTSIDER].gid, 4),)
    os.setxattr(file, ACCESS, encode(type(acl)(6, 7, 0, acl.users, groups, 6)))
    said = as_(lab, MEMBER, wish, "mine/file", {})
    assert said["groups"] == [{"name": lab.people[OUTSIDER].name, **READS}]
