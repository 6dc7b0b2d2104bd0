"""What lists come to, and which come of wishes: by the numbers, no disk."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from aen.compute.apps.files.access import (
    Change,
    Held,
    bits,
    changed,
    effective,
    entering,
    flags,
    of_mode,
    passing,
    passing_mode,
)
from aen.compute.disk.acl import Acl

ADA, BEN, EVE, DAN = 1001, 1002, 1003, 1004
PLAIN = Acl(6, 7, 0, ((ADA, 7), (BEN, 7), (EVE, 5)), mask=6)
"""A file as a project has it: all by name, under a mask that takes running away."""


def gives(acl: Acl) -> dict[int, int]:
    """Return what each entry by name really gives."""
    return {uid: effective(acl, raw) for uid, raw in acl.users}


def test_words() -> None:
    """Bits and words say the same."""
    assert flags(5) == {"read": True, "write": False, "run": True}
    assert bits(**flags(6)) == 6
    assert of_mode(0o100754) == Acl(7, 5, 4)
    assert [entering(one) for one in (0, 1, 4, 6, 7)] == [0, 0, 5, 7, 7]


def test_nobody_gets_more_by_what_another_is_given() -> None:
    """One who may run it now widens the mask; what it took from others stays taken."""
    after = changed(PLAIN, Change({ADA: 6, BEN: 7, EVE: 4}, None))
    assert gives(after) == {ADA: 6, BEN: 7, EVE: 4}
    assert after.mask == 7
    assert effective(after, after.group) == 6


def test_what_nobody_changes_stays_as_it_is_kept() -> None:
    """A file made a program later can be run by those who work with it."""
    after = changed(PLAIN, Change({ADA: 6, BEN: 6}, None))
    assert after == Acl(6, 7, 0, ((ADA, 7), (BEN, 7)), mask=6)


def test_shut_out_for_good() -> None:
    """Nothing of an old entry waits under a mask for a wider mode."""
    hidden = Acl(6, 7, 0, ((BEN, 7), (EVE, 5)), mask=0)
    after = changed(hidden, Change({BEN: 0}, None))
    assert after == Acl(6, 0, 0, ((BEN, 0),), mask=0)


def test_only_others() -> None:
    """People stay as they are, whatever the mask has taken from them."""
    assert changed(PLAIN, Change(None, 4)) == Acl(6, 7, 4, PLAIN.users, mask=6)
    less = changed(PLAIN, Change(None, 0, group=4))
    assert less == Acl(6, 4, 0, PLAIN.users, mask=6)


def test_some_entries_stay() -> None:
    """The owner's own and the platform's; wishes say nothing of them."""
    kept = frozenset({ADA, DAN})
    after = changed(PLAIN, Change({ADA: 0, DAN: 7, BEN: 4}, None, kept))
    assert gives(after) == {ADA: 6, BEN: 4}


def test_groups_stay() -> None:
    """Groups that people named themselves, with what they gave; the owning one less."""
    acl = Acl(7, 7, 0, ((BEN, 7),), ((50, 7),), mask=5)
    after = changed(acl, Change({BEN: 7}, None, group=4))
    assert after == Acl(7, 4, 0, ((BEN, 7),), ((50, 5),), mask=7)


def test_a_mode_stays_one() -> None:
    """Where nobody is named, no list is made of it."""
    assert changed(of_mode(0o660), Change({}, 4)) == Acl(6, 6, 4)
    named = changed(of_mode(0o660), Change({BEN: 4}, None))
    assert named == Acl(6, 6, 0, ((BEN, 4),), mask=6)


_bits = some.integers(0, 7)
_named = some.dictionaries(some.sampled_from([ADA, BEN, EVE, DAN]), _bits)
_lists = some.builds(
    lambda owner, group, other, users, mask: Acl(
        owner, group, other, tuple(sorted(users.items())), mask=mask
    ),
    *(_bits, _bits, _bits, _named, _bits),
)


@given(_lists, _named, _bits)
def test_exactly_what_was_wished(acl: Acl, people: dict[int, int], group: int) -> None:
    """Each gets what they were given; the group no more than it had."""
    after = changed(acl, Change(people, None, group=group))
    assert gives(after) == people
    assert effective(after, after.group) == effective(acl, acl.group) & group
    assert changed(after, Change(people, None, group=group)) == after


def at(acl: Acl, owner: int = ADA, group: int = 1) -> Held:
    """Return a folder with a list."""
    return Held(acl, owner, group)


OPEN = Acl(7, 7, 0, ((ADA, 7), (BEN, 7), (EVE, 5)), mask=7)


def test_passing_through() -> None:
    """Who got through all folders may do what the last one lets them."""
    assert passing([at(OPEN), at(OPEN)], BEN) == Acl(
        7, 0, 0, ((ADA, 7), (EVE, 5)), mask=7
    )
    public = Acl(7, 7, 5, OPEN.users, mask=7)
    assert passing([at(public)], BEN).other == 0


@pytest.mark.parametrize(
    ("shut", "left"),
    [
        (of_mode(0o700), ()),
        (Acl(7, 7, 0, ((ADA, 7), (EVE, 5)), mask=0), ()),
        (Acl(7, 7, 0, ((ADA, 6), (EVE, 1)), mask=7), ((EVE, 5),)),
        (Acl(7, 0, 5, ((ADA, 0), (EVE, 5)), mask=7), ((EVE, 5),)),
    ],
)
def test_a_closed_folder_on_the_way(
    shut: Acl, left: tuple[tuple[int, int], ...]
) -> None:
    """What is thrown away in it stays closed to whom it was closed."""
    found = passing([at(shut, BEN), at(OPEN, BEN)], BEN)
    assert found.users == left


def test_the_owner_of_a_folder_goes_through_it() -> None:
    """Owners need no entry by name."""
    assert passing([at(of_mode(0o750), ADA)], BEN).users == ((ADA, 7),)


def test_strangers_are_not_told_from_members_by_a_group() -> None:
    """Who is named in one folder and not in another gets no more than others."""
    assert passing([at(OPEN), at(of_mode(0o770), ADA)], BEN).users == ((ADA, 7),)
    assert passing([at(of_mode(0o755), ADA), at(OPEN)], BEN).users == (
        (ADA, 7),
        (EVE, 5),
    )


@pytest.mark.parametrize(
    ("modes", "group", "mode"),
    [
        ((0o770,), 1, 0o770),
        ((0o770, 0o750), 1, 0o750),
        ((0o700, 0o770), 1, 0o700),
        ((0o770,), 2, 0o700),
    ],
)
def test_passing_where_there_are_modes_only(
    modes: tuple[int, ...], group: int, mode: int
) -> None:
    """The group does what persons do elsewhere."""
    assert passing_mode([at(of_mode(one)) for one in modes], group) == mode
