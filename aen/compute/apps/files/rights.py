"""Who may do what with a file, and changes of it by whoever owns it.

Lists are read and set by descriptor, of the very thing that was looked at, and never
through a link. A file that has more than one name may be in another project, too:
somebody may have put it here for us to open to them, so it is left as it is.
"""

import os
import stat
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from attrs import define, evolve, field, frozen

from aen.compute.apps.files.access import (
    Change,
    Held,
    changed,
    effective,
    entering,
    flags,
    of_mode,
)
from aen.compute.apps.files.accounts import (
    Whose,
    group_name_of,
    is_own_group,
    name_of,
    uid_of,
)
from aen.compute.apps.files.addresses import DEEPEST, OURS
from aen.compute.apps.files.body import Gone
from aen.compute.apps.files.folders import get_list_by_path
from aen.compute.apps.files.inside import Found, Inside
from aen.compute.apps.files.listing import read_folder
from aen.compute.apps.files.refusals import Refusal
from aen.compute.apps.files.wishes import Wishes
from aen.compute.disk.acl import (
    ACCESS,
    ALL,
    DEFAULT,
    READ,
    WRITE,
    Acl,
    decode,
    encode,
)
from aen.compute.disk.walk import opened

_PATH = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC
_KINDS = (stat.S_IFREG, stat.S_IFDIR)


@frozen
class Ground:
    """What is known of the project as a whole."""

    team: frozenset[int]
    """Whom its folder names; empty: nobody has an account of their own here."""
    owner: int
    group: int
    device: int


def ground_of(inside: Inside, whose: Whose) -> Ground:
    """Return what the project's own folder says."""
    about = os.fstat(inside.top)
    acl = held(inside.top).acl
    team = frozenset(u for u, raw in acl.users if effective(acl, raw)) - whose.service
    return Ground(team, about.st_uid, about.st_gid, about.st_dev)


def held(descriptor: int) -> Held:
    """Return the list and the owner of what *descriptor* names."""
    about = os.fstat(descriptor)
    content = get_list_by_path(descriptor)
    acl = of_mode(about.st_mode) if content is None else decode(content)
    return Held(acl, about.st_uid, about.st_gid)


def rights_of(inside: Inside, found: Found, whose: Whose) -> dict[str, Any]:
    """Return who may do what, as programs are told.

    Who is not of the team, a visitor, is told no names but the owner's.

    :raises Refusal: there is nothing, or a link, or it is none of their business.
    """
    descriptor, about = _there(found)
    one, ground = held(descriptor), ground_of(inside, whose)
    me = os.geteuid()
    told = not ground.team or me in ground.team or me == one.owner
    if not told:
        _demand_readable(descriptor, found.way)
    return {
        "owner": name_of(one.owner),
        "mine": one.owner == me,
        "mode": f"{stat.S_IMODE(about.st_mode):04o}",
        "acl": bool(ground.team),
        "people": _people_in(one, whose) if told else [],
        "groups": _groups(one, ground) if told else [],
        "team": sorted(map(name_of, ground.team)) if told else [],
        "others": flags(one.acl.other),
    }


def _demand_readable(descriptor: int, what: str) -> None:
    if not os.access(f"/proc/self/fd/{descriptor}", os.R_OK, effective_ids=True):
        raise Refusal(403, f"You may not look at {what}: its rights do not let you.")


def _people_in(one: Held, whose: Whose) -> list[dict[str, Any]]:
    hidden = {0, one.owner} | whose.service
    people = [
        {"name": name_of(uid), **flags(effective(one.acl, raw))}
        for uid, raw in one.acl.users
        if uid not in hidden
    ]
    return sorted(people, key=lambda person: str(person["name"]))


def _there(found: Found) -> tuple[int, os.stat_result]:
    descriptor, about = found.there()
    if stat.S_ISLNK(about.st_mode):
        raise Refusal(
            409, f"{found.way} is a link: what it names has rights, it has none."
        )
    return descriptor, about


def _groups(one: Held, ground: Ground) -> list[dict[str, Any]]:
    """Return the groups that are let in, but those of single people."""
    single = one.group == ground.group or is_own_group(one.group, one.owner)
    own = [] if single else [(one.group, one.acl.group)]
    return [
        {"name": group_name_of(gid), **flags(effective(one.acl, raw))}
        for gid, raw in (*own, *one.acl.groups)
        if effective(one.acl, raw)
    ]


def set_rights(
    inside: Inside,
    found: Found,
    wishes: Wishes,
    whose: Whose,
    most: int,
    gone: Callable[[], bool],
) -> dict[str, Any]:
    """Give what was found the rights that are wished; return those that it has.

    :param most: how many entries are looked at where all below is meant, too.
    :param gone: whether nobody waits for it any more.
    :raises Refusal: it is not ours, or cannot have such rights.
    """
    descriptor, about = _there(found)
    ground = ground_of(inside, whose)
    _demand_ours(found, about, ground)
    people = None if wishes.people is None else _people(found, wishes, about)
    others = None if wishes.others is None else wishes.others.bits
    setting = _Setting(ground, people, others, whose.service, most, gone)
    if why := setting.obstacle(about):
        raise Refusal(409, f"{found.way} {why}.")
    setting.set(descriptor, about)
    counted: dict[str, int] = {}
    if wishes.recursive and found.is_folder:
        setting.below(descriptor, 0)
        counted = {"changed": setting.changed + 1, "kept": setting.kept}
    return {**rights_of(inside, found, whose), **counted}


def _demand_ours(found: Found, about: os.stat_result, ground: Ground) -> None:
    """Raise `Refusal` unless it is ours to say who may do what."""
    if not ground.team:
        raise Refusal(
            409,
            "All files of this node belong to one account, so that no rights can be"
            " given to single people: who is in the project's team works with all.",
        )
    if not found.name:
        raise Refusal(
            409, "Who may enter the project is said by its team, on its own page."
        )
    if about.st_uid != os.geteuid():
        owner = name_of(about.st_uid)
        raise Refusal(
            403, f"{found.way} belongs to {owner}: only they may change its rights."
        )


def _people(found: Found, wishes: Wishes, about: os.stat_result) -> dict[int, int]:
    """Return whom the wishes name, by uid.

    :raises Refusal: somebody has no account here, or may do all in any case.
    """
    descriptor, _ = found.there()
    known = {name_of(uid): uid for uid, _ in held(descriptor).acl.users}
    people: dict[int, int] = {}
    for one in wishes.people or ():
        uid = known.get(one.name, uid_of(one.name))
        if uid is None:
            raise Refusal(400, f"“{one.name[:40]}” has no account on this node.")
        if uid == 0:
            raise Refusal(400, f"“{one.name}” is the machine's administrator.")
        if uid != about.st_uid:
            people[uid] = one.bits
    return people


@define
class _Setting:
    """One change, for a file or for all that is below a folder."""

    ground: Ground
    people: dict[int, int] | None
    others: int | None
    service: frozenset[int]
    left: int
    gone: Callable[[], bool]
    changed: int = field(default=0, init=False)
    kept: int = field(default=0, init=False)

    def obstacle(self, about: os.stat_result) -> str:
        """Return why the rights of something cannot be set; empty: they can."""
        kind = stat.S_IFMT(about.st_mode)
        if kind not in _KINDS:
            return "is no file or folder"
        if about.st_dev != self.ground.device:
            return "is on another disk"
        if kind == stat.S_IFREG and about.st_nlink != 1:
            return "has several names, so it may be in other places, too"
        return ""

    def set(self, descriptor: int, about: os.stat_result) -> None:
        """Set the rights of something of ours."""
        path = f"/proc/self/fd/{descriptor}"
        before = held(descriptor).acl
        folder = stat.S_ISDIR(about.st_mode)
        of = entering if folder else _as_it_is
        change = self._change(about, of, before)
        after = changed(before, change)
        if after != before:
            os.setxattr(path, ACCESS, encode(after))
        if folder:
            self._set_default(path, after, change, about.st_uid)

    def _set_default(self, path: str, access: Acl, change: Change, owner: int) -> None:
        """Let what is made in a folder have rights that match its own.

        What others make in it is its owner's to work with, too.
        """
        if change.people is not None:
            people = {**change.people, owner: ALL}
            change = evolve(change, people=people, kept=self.service)
        try:
            before = decode(os.getxattr(path, DEFAULT))
        except OSError:
            before = Acl(ALL, access.group, access.other, access.users, access.groups,
                         access.mask)  # fmt: skip
        os.setxattr(path, DEFAULT, encode(changed(before, change)))

    def _change(
        self, about: os.stat_result, of: Callable[[int], int], before: Acl
    ) -> Change:
        kept = frozenset({about.st_uid}) | self.service
        people = self.people and {uid: of(b) for uid, b in self.people.items()}
        others = None if self.others is None else of(self.others)
        group = ALL
        owner = self.ground.owner
        if about.st_gid == self.ground.group and about.st_uid != owner:
            # This group is the project's owner alone: they shall not get by it what
            # they are not given by name, or as all others.
            named = dict(before.users) if people is None else people
            left = before.other if others is None else others
            group = named.get(owner, left)
        return Change(people, others, kept, group)

    def below(self, folder: int, depth: int) -> None:
        """Set the rights of all that is ours in *folder*, which is named by path."""
        try:
            readable = read_folder(folder)
        except OSError:
            return
        with opened(readable), os.scandir(readable) as entries:
            names = [one.name for one in entries if not one.name.startswith(OURS)]
            for name in names:
                if self.gone():
                    raise Gone
                with suppress(FileNotFoundError):
                    self._one(readable, name, depth)

    def _one(self, folder: int, name: str, depth: int) -> None:
        self.left -= 1
        if self.left < 0:
            raise Refusal(
                409, "There is more in this folder than can be changed at once; what"
                " came first was changed. Go on with the folders in it.",
            )  # fmt: skip
        with opened(os.open(name, _PATH, dir_fd=folder)) as here:
            about = os.fstat(here)
            if stat.S_ISLNK(about.st_mode):
                return
            self._try(here, about)
            same_disk = about.st_dev == self.ground.device
            if stat.S_ISDIR(about.st_mode) and same_disk and depth < DEEPEST:
                self.below(here, depth + 1)

    def _try(self, here: int, about: os.stat_result) -> None:
        if about.st_uid != os.geteuid() or self.obstacle(about):
            self.kept += 1
            return
        program = about.st_mode & stat.S_IXUSR
        one = self if stat.S_ISDIR(about.st_mode) or program else self._without_run()
        try:
            one.set(here, about)
        except OSError:
            self.kept += 1
        else:
            self.changed += 1

    def _without_run(self) -> "_Setting":
        """Return the same for what is no program: nobody shall run it."""
        plain = READ | WRITE
        people = self.people and {uid: b & plain for uid, b in self.people.items()}
        others = None if self.others is None else self.others & plain
        return _Setting(self.ground, people, others, self.service, 0, self.gone)


def _as_it_is(bits: int) -> int:
    return bits
