"""What an access control list comes to, and which one comes of a wish. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from attrs import frozen

from aen.compute.disk.acl import ALL, EXECUTE, READ, WRITE, Acl


@frozen
class Held:
    """The list of something, and who owns it."""

    acl: Acl
    owner: int
    group: int


@frozen
class Change:
    """What is wanted of a list; None: as it is."""

    people: Mapping[int, int] | None
    """Permissions by uid, of all who shall be named."""
    others: int | None
    kept: frozenset[int] = frozenset()
    """Whose entries stay whatever is wished: the owner's, the platform's own."""
    group: int = ALL
    """The most that the owning group may do."""


def of_mode(mode: int) -> Acl:
    """Return the list that says what *mode* says."""
    return Acl(mode >> 6 & ALL, mode >> 3 & ALL, mode & ALL)


def flags(bits: int) -> dict[str, bool]:
    """Return permissions as programs are told."""
    return {
        "read": bool(bits & READ),
        "write": bool(bits & WRITE),
        "run": bool(bits & EXECUTE),
    }


def bits(*, read: bool, write: bool, run: bool) -> int:
    """Return permissions as the kernel has them."""
    return read * READ | write * WRITE | run * EXECUTE


def entering(wanted: int) -> int:
    """Return permissions for a folder: who may do anything there has to get in."""
    return wanted | EXECUTE if wanted & (READ | WRITE) else wanted & ~EXECUTE


def effective(acl: Acl, raw: int) -> int:
    """Return what an entry of *acl* by name, or that of the group, really gives."""
    return raw if acl.mask is None else raw & acl.mask


def changed(acl: Acl, change: Change) -> Acl:
    """Return *acl* with what is wished; what nobody spoke of gives what it gave.

    Entries whose effect stays keep what the mask takes from them: a file that is made
    a program later can be run by all who work with it. Where nothing is left of an
    entry nothing is kept, so that a mode that is set later lets nobody in again.
    """
    other = acl.other if change.others is None else change.others
    group = effective(acl, acl.group) & change.group
    if change.people is None:
        same = group == effective(acl, acl.group)
        return replace(acl, other=other, group=acl.group if same else group)
    named = dict(acl.users)
    kept = {uid: effective(acl, named[uid]) for uid in named.keys() & change.kept}
    people = {u: b for u, b in change.people.items() if u not in change.kept} | kept
    if acl.mask is None and not people:
        return replace(acl, group=group, other=other)
    groups = {gid: effective(acl, raw) for gid, raw in acl.groups}
    mask = _union([group, *people.values(), *groups.values()])

    def entry(raw: int | None, wanted: int) -> int:
        same = raw is not None and effective(acl, raw) == wanted == raw & mask
        return raw if same and wanted and raw is not None else wanted

    return Acl(
        acl.owner,
        entry(acl.group, group),
        other,
        tuple((uid, entry(named.get(uid), b)) for uid, b in sorted(people.items())),
        tuple((gid, entry(raw, groups[gid])) for gid, raw in acl.groups),
        mask,
    )


def _union(of: Iterable[int]) -> int:
    found = 0
    for one in of:
        found |= one
    return found


def passing(way: Sequence[Held], me: int) -> Acl:
    """Return the list of a folder that lets in who could get through all of *way*.

    What is moved away from closed folders must not be open to more people by it. The
    last one of *way* says what they may do; it is *me* who makes the folder.

    Who is not named is not told from others, so they are not let in.
    """
    known = {uid for one in way for uid, _ in one.acl.users}
    known |= {one.owner for one in way}
    users = ((uid, _through(way, uid)) for uid in sorted(known - {me}))
    named = tuple((uid, allowed) for uid, allowed in users if allowed)
    return Acl(ALL, 0, 0, named, mask=_union(allowed for _, allowed in named))


def passing_mode(way: Sequence[Held], group: int) -> int:
    """Return the mode of such a folder where there are no lists, which has *group*."""
    *above, last = (one.acl.group if one.group == group else 0 for one in way)
    return ALL << 6 | (last if all(one & EXECUTE for one in above) else 0) << 3


def _through(way: Sequence[Held], uid: int) -> int:
    *above, last = (_of_person(one, uid) for one in way)
    return last if all(one & EXECUTE for one in above) else 0


def _of_person(held: Held, uid: int) -> int:
    acl = held.acl
    if uid == held.owner:
        return acl.owner
    named = dict(acl.users)
    if uid in named:
        return effective(acl, named[uid])
    return acl.other & effective(acl, acl.group)
