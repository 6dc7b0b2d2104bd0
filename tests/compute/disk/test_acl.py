"""Access control lists: their form, what a project has, what a change changes."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aen.compute.disk import acl
from aen.compute.disk.acl import Acl, Person, Place, Rules, Team

OWNER = Person(1000, 1000)
BOB, EVE = Person(1001, 1001), Person(1002, 1002, "r-x")
TEAM = Team(OWNER, (BOB, EVE))

_bits = st.integers(0, 7)
_named = st.dictionaries(st.integers(1, 2**32 - 2), _bits, max_size=6).map(
    lambda found: tuple(sorted(found.items()))
)
_lists = st.builds(Acl, _bits, _bits, _bits, _named, _named, st.none() | _bits)


@given(_lists)
def test_there_and_back(one: Acl) -> None:
    """What is written is what is read."""
    assert acl.decode(acl.encode(one)) == one


def test_the_kernel_agrees(tmp_path: Path) -> None:
    """It takes our form and gives it back, and shows the mode that we expect."""
    file = tmp_path / "file"
    file.touch()
    wanted = acl.of_file(TEAM, Place.INSIDE, executable=False)
    try:
        os.setxattr(file, acl.ACCESS, acl.encode(wanted))
    except OSError:
        pytest.skip("the file system has no access control lists")
    assert os.getxattr(file, acl.ACCESS) == acl.encode(wanted)
    assert file.stat().st_mode & 0o777 == wanted.mode == 0o660


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\2\0\0",
        b"\3\0\0\0",
        b"\2\0\0\0",
        b"\2\0\0\0\1\0\7\0\xff\xff\xff\xff",
        acl.encode(Acl(7, 7, 0)) + b"\0",
    ],
)
def test_what_is_no_list(content: bytes) -> None:
    """It is told apart, not guessed at."""
    with pytest.raises(ValueError, match="access control list"):
        acl.decode(content)


@pytest.mark.parametrize(
    ("place", "mode", "content"),
    [
        (Place.DOOR, 0o771, 0o770),
        (Place.INSIDE, 0o770, 0o770),
        (Place.PUBLIC, 0o775, 0o775),
    ],
)
def test_directories(place: Place, mode: int, content: int) -> None:
    """Others enter the project to reach what is public, and read only that."""
    access, default = acl.of_directory(TEAM, place), acl.of_content(TEAM, place)
    assert (access.mode, default.mode) == (mode, content)
    assert dict(access.users) == dict(default.users) == {1000: 7, 1001: 7, 1002: 5}


@pytest.mark.parametrize(
    ("place", "executable", "mode"),
    [
        (Place.INSIDE, False, 0o660),
        (Place.INSIDE, True, 0o770),
        (Place.PUBLIC, False, 0o664),
        (Place.PUBLIC, True, 0o775),
    ],
)
def test_files(place: Place, executable: bool, mode: int) -> None:  # noqa: FBT001
    """Names have what they would have; the mask takes execution from them."""
    one = acl.of_file(TEAM, place, executable=executable)
    assert one.mode == mode
    assert dict(one.users) == {1000: 7, 1001: 7, 1002: 5}


def test_a_group_of_others() -> None:
    """Where other people are in the owner's group it gets nothing."""
    one = acl.of_directory(Team(OWNER, (BOB,), group=False), Place.INSIDE)
    assert (one.group, one.mask, dict(one.users)[1001]) == (0, 7, 7)


CHANGES = {
    "nobody": ({1000: 7, 1001: 7}, (BOB,), (BOB,), {1000: 7, 1001: 7}),
    "came": ({1000: 7}, (), (BOB,), {1000: 7, 1001: 7}),
    "left": ({1000: 7, 1001: 7}, (BOB,), (), {1000: 7}),
    "left, and hidden from": ({1000: 7, 1001: 0}, (BOB,), (), {1000: 7}),
    "an outsider stays": ({1000: 7, 1009: 4}, (), (BOB,), {1000: 7, 1001: 7, 1009: 4}),
    "hidden stays so": ({1000: 7, 1001: 0}, (BOB,), (BOB, EVE), {1001: 0, 1002: 5}),
    "taken out stays out": ({1000: 7}, (BOB,), (BOB, EVE), {1000: 7, 1002: 5}),
    "an outsider comes": ({1000: 7, 1001: 4}, (), (BOB,), {1000: 7, 1001: 7}),
    "promoted": ({1000: 7, 1002: 5}, (EVE,), (Person(1002, 1),), {1002: 7}),
    "became viewer": ({1001: 7}, (BOB,), (Person(1001, 1, "r-x"),), {1001: 5}),
    "hidden, promoted": ({1002: 0}, (EVE,), (Person(1002, 1),), {1002: 0}),
    "unsure": ({1000: 7}, (EVE,), (Person(1002, 1),), {1002: 7}),
}


@pytest.mark.parametrize("case", CHANGES)
def test_merging(case: str) -> None:
    """Only the difference between two teams is made; the rest is people's own."""
    users, before, after, wanted = CHANGES[case]
    found = Acl(6, 7, 4, tuple(sorted(users.items())), ((5, 4),), mask=2)
    one = acl.merged(found, Team(OWNER, before), Team(OWNER, after))
    assert wanted.items() <= dict(one.users).items()
    assert dict(one.users).keys() == wanted.keys() | (users.keys() & {1000})
    assert (one.owner, one.group, one.other, one.mask) == (6, 7, 4, 2)
    assert one.groups == ((5, 4),)


def test_shutting() -> None:
    """By name, so that what others may is not theirs."""
    one = acl.shutting(acl.of_directory(TEAM, Place.DOOR), frozenset({1001, 1009}))
    assert dict(one.users) == {1000: 7, 1001: 0, 1002: 5, 1009: 0}


def test_rules() -> None:
    """Exactly, where nobody knows what was before; what has nothing gets the whole."""
    own = acl.encode(Acl(6, 0, 0, ((1009, 4),), mask=4))
    whole = acl.encode(acl.of_file(TEAM, Place.INSIDE, executable=False))
    exact, same = Rules(TEAM), Rules(TEAM, TEAM)
    assert exact.whole
    assert not same.whole
    assert same.unchanged
    assert exact.file(own, Place.INSIDE, executable=False) == whole
    assert same.file(own, Place.INSIDE, executable=False) == own
    assert same.file(None, Place.INSIDE, executable=False) == whole
    changed = Rules(TEAM, Team(OWNER))
    assert not changed.unchanged
    merged = acl.decode(changed.file(own, Place.INSIDE, executable=False))
    assert dict(merged.users) == {1001: 7, 1002: 5, 1009: 4}
    assert changed.directory(b"unknown", Place.INSIDE) == b"unknown"
    assert acl.decode(changed.content(None, Place.PUBLIC)).other == 5
