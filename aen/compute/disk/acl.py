"""Access control lists of files as the kernel keeps them, and which a project has.

Pure. The form is that of Linux's ``system.posix_acl_*`` attributes: a version, then
entries of tag, permissions and id, each in the machine's smallest-first order.
"""

import enum
import struct
from collections.abc import Mapping
from dataclasses import dataclass, replace

ACCESS = "system.posix_acl_access"
DEFAULT = "system.posix_acl_default"

READ, WRITE, EXECUTE = 4, 2, 1
ALL = READ | WRITE | EXECUTE
LOOK = READ | EXECUTE

_HEAD = struct.Struct("<I")
_ENTRY = struct.Struct("<HHI")
_VERSION = 2
_NO_ID = 0xFFFFFFFF
_OWNER, _USER, _GROUP_OBJECT, _GROUP, _MASK, _OTHER = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20


@dataclass(frozen=True)
class Person:
    """An account that may work in a project, and how."""

    uid: int
    gid: int
    access: str = "rwx"
    """Or ``r-x``."""

    @property
    def bits(self) -> int:
        """The permissions of this person by name."""
        return ALL if self.access == "rwx" else LOOK


@dataclass(frozen=True)
class Team:
    """Whose a project is and who else may work in it."""

    owner: Person
    members: tuple[Person, ...] = ()
    group: bool = True
    """Whether the owner's group may do what members may: not where others are in it."""

    def named(self) -> dict[int, int]:
        """Return the permissions by uid, the owner's too, smallest uid first."""
        bits = {one.uid: one.bits for one in self.members}
        bits[self.owner.uid] = ALL
        return dict(sorted(bits.items()))


class Place(enum.Enum):
    """What of a project something is; each has its rights for others."""

    DOOR = "door"
    """The project's own directory."""
    INSIDE = "inside"
    PUBLIC = "public"


@dataclass(frozen=True)
class Acl:
    """One list; without `mask` it says no more than a mode does."""

    owner: int
    group: int
    other: int
    users: tuple[tuple[int, int], ...] = ()
    """Permissions by uid, smallest first."""
    groups: tuple[tuple[int, int], ...] = ()
    mask: int | None = None

    @property
    def mode(self) -> int:
        """The permissions that a file with this list shows in its mode."""
        middle = self.group if self.mask is None else self.mask
        return self.owner << 6 | middle << 3 | self.other


def decode(content: bytes) -> Acl:
    """Return the list that an attribute holds.

    :raises ValueError: it is none.
    """
    if len(content) < _HEAD.size or (len(content) - _HEAD.size) % _ENTRY.size:
        raise ValueError("an access control list has whole entries")
    if _HEAD.unpack_from(content)[0] != _VERSION:
        raise ValueError("access control lists of this version are not known")
    single: dict[int, int] = {}
    named: dict[int, list[tuple[int, int]]] = {_USER: [], _GROUP: []}
    for tag, bits, number in _ENTRY.iter_unpack(content[_HEAD.size :]):
        if tag in named:
            named[tag].append((number, bits))
        else:
            single[tag] = bits
    if not {_OWNER, _GROUP_OBJECT, _OTHER} <= single.keys():
        raise ValueError("an access control list names owner, group and others")
    return Acl(
        single[_OWNER],
        single[_GROUP_OBJECT],
        single[_OTHER],
        tuple(sorted(named[_USER])),
        tuple(sorted(named[_GROUP])),
        single.get(_MASK),
    )


def encode(acl: Acl) -> bytes:
    """Return *acl* as an attribute holds it, in the order that the kernel wants."""
    entries = [(_OWNER, acl.owner, _NO_ID)]
    entries += [(_USER, bits, uid) for uid, bits in sorted(acl.users)]
    entries += [(_GROUP_OBJECT, acl.group, _NO_ID)]
    entries += [(_GROUP, bits, gid) for gid, bits in sorted(acl.groups)]
    if acl.mask is not None:
        entries += [(_MASK, acl.mask, _NO_ID)]
    entries += [(_OTHER, acl.other, _NO_ID)]
    return _HEAD.pack(_VERSION) + b"".join(_ENTRY.pack(*one) for one in entries)


_OTHERS = {Place.DOOR: EXECUTE, Place.INSIDE: 0, Place.PUBLIC: LOOK}


def of_directory(team: Team, place: Place) -> Acl:
    """Return the rights of a directory."""
    return _acl(team, ALL, _OTHERS[place])


def of_content(team: Team, place: Place) -> Acl:
    """Return the default rights of a directory: those of what is made in it."""
    return _acl(team, ALL, LOOK if place is Place.PUBLIC else 0)


def of_file(team: Team, place: Place, *, executable: bool) -> Acl:
    """Return the rights of a file.

    Those who may do all have so by name; the mask takes from them what makes no sense.
    """
    bits = ALL if executable else READ | WRITE
    return _acl(team, bits, bits & LOOK if place is Place.PUBLIC else 0)


def _acl(team: Team, bits: int, other: int) -> Acl:
    group = ALL if team.group else 0
    return Acl(bits, group, other, tuple(team.named().items()), mask=bits)


def merged(acl: Acl, before: Team, team: Team) -> Acl:
    """Return *acl* with what has changed from *before* to *team* and nothing else.

    Who left is taken out and who came put in. Whose role changed gets what it gives;
    less than their old role gave, set by people, becomes no more by it.
    """
    users = dict(acl.users)
    old, new = before.named(), team.named()
    for uid in old.keys() - new.keys():
        users.pop(uid, None)
    for uid, bits in new.items():
        if uid not in old or (uid not in users and old[uid] != bits):
            users[uid] = bits
        elif old[uid] != bits:
            users[uid] = bits if users[uid] == old[uid] else users[uid] & bits
    return replace(acl, users=tuple(sorted(users.items())))


def shutting(acl: Acl, shut: frozenset[int]) -> Acl:
    """Return *acl* with nothing for those of *shut*, not even what others may."""
    users = dict(acl.users) | dict.fromkeys(shut, 0)
    return replace(acl, users=tuple(sorted(users.items())))


class Rules:
    """What a project's files get: exactly the rights of the team, or the difference."""

    def __init__(self, team: Team, before: Team | None = None) -> None:
        self.team = team
        self._before = before
        self.whole = before is None
        """Whether everything gets exactly the rights of the team."""
        self.unchanged = before is not None and before.named() == team.named()
        """Whether only what has no rights yet gets any."""
        self._merged: dict[bytes, bytes] = {}
        self._new: Mapping[object, bytes] = _table(team)

    def directory(self, found: bytes | None, place: Place) -> bytes:
        """Return the rights of a directory that now has *found*; None: none by name."""
        return self._one(found, ("directory", place))

    def content(self, found: bytes | None, place: Place) -> bytes:
        """Return the default rights of a directory that now has *found*."""
        return self._one(found, ("content", place))

    def file(self, found: bytes | None, place: Place, *, executable: bool) -> bytes:
        """Return the rights of a file that now has *found*."""
        return self._one(found, ("file", place, executable))

    def _one(self, found: bytes | None, what: object) -> bytes:
        if found is None or self._before is None:
            return self._new[what]
        known = self._merged.get(found)
        if known is None:
            known = self._merge(found, self._before, what)
        return known

    def _merge(self, found: bytes, before: Team, what: object) -> bytes:
        try:
            known = encode(merged(decode(found), before, self.team))
        except ValueError:  # a kernel newer than this code: what is not known stays
            return found
        self._merged[found] = known
        return known


def _table(team: Team) -> dict[object, bytes]:
    """Return all rights that there are in a project of *team*."""
    table: dict[object, bytes] = {}
    for place in Place:
        table["directory", place] = encode(of_directory(team, place))
        table["content", place] = encode(of_content(team, place))
        for executable in (False, True):
            acl = of_file(team, place, executable=executable)
            table["file", place, executable] = encode(acl)
    return table
