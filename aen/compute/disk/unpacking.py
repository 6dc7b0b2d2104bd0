"""A project's files written from a stream that nobody trusts.

Everything is made anew in a directory where nobody else gets in: a name that is there
already, a path, a device, a set-id bit or more than the disk can hold ends it, and
whoever called removes what was made. Directories are descriptors; nothing is looked up
by more than one name.
"""

import os
import stat
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field

from aen.compute.disk import acl, freight
from aen.compute.disk.acl import Place, Rules, Team
from aen.compute.disk.freight import Entry, Inlet, Totals
from aen.compute.disk.passing import has_lists
from aen.compute.disk.walk import DEEPEST, Refused, open_below, opened

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_RESERVE = 1 << 30
"""Bytes that stay free for others, or a twentieth of a smaller disk."""
_NODES = 1000  # files that others can still make
_LOOK_BYTES = 16 * 1024 * 1024
_LOOK_ENTRIES = 500
"""After which the room on the disk is looked at again."""
_FULL = (
    "The disk of the node that the project is to be moved to has too little room. Ask"
    " the administrator for more, then try again."
)


@dataclass(frozen=True)
class Owners:
    """Whose what is written becomes, and with which rights: for root."""

    team: Team
    uids: Mapping[str, int] = field(default_factory=dict)
    """Of the team's people by name; what is anybody else's becomes the owner's."""


def unpack(
    target: int,
    owners: Owners | None,
    source: int,
    taken: Callable[[int], object] = lambda _: None,
) -> dict[str, int]:
    """Fill the empty directory *target* with what the descriptor *source* says.

    :param owners: None: all is our own account's, and modes are all the rights.
    :param taken: called with the bytes that have been read so far.
    :return: how many entries and bytes it were.
    :raises Refused: it is not whole, holds what it may not, or there is no room.
    """
    with closing(Inlet(source, taken)) as inlet:
        demand_room(target, 0)
        inlet.begin()
        work = _Unpacking(owners, inlet, target)
        work.directory(target, Place.DOOR, 0)
    return {"entries": work.entries, "bytes": work.bytes}


def demand_room(directory: int, wanted: int) -> None:
    """Refuse *wanted* bytes more where others would have none left.

    :raises Refused: there is too little room.
    """
    found = os.fstatvfs(directory)
    reserve = min(_RESERVE, found.f_blocks * found.f_frsize // 20)
    free = found.f_bavail * found.f_frsize
    # some file systems count no files: they say that there are none at all
    crowded = found.f_files > 0 and found.f_favail < _NODES
    if free - wanted < reserve or crowded:
        raise Refused(_FULL)


class _Unpacking:
    """One stream's way to the disk."""

    def __init__(self, owners: Owners | None, inlet: Inlet, top: int) -> None:
        self.entries = 0
        self.bytes = 0
        self._owners = owners
        self._inlet = inlet
        self._top = top
        self._rules = None if owners is None else Rules(owners.team)
        self._lists = owners is not None and has_lists(top)
        self._looked = (0, 0)

    def directory(self, directory: int, place: Place, depth: int) -> None:
        """Make what is in *directory*, until it is left or all has ended."""
        while True:
            kind, content = self._inlet.record()
            if kind == freight.LEAVE and depth:
                return
            if kind == freight.LAST and not depth:
                self._demand_whole(content)
                return
            self._one(directory, kind, content, place, depth)

    def _one(
        self, parent: int, kind: bytes, content: bytes, place: Place, depth: int
    ) -> None:
        if kind not in (freight.DIRECTORY, freight.FILE, freight.LINK):
            raise freight.odd()
        self.entries += 1
        self._look()
        entry = freight.read_entry(content, link=kind == freight.LINK)
        below = place
        if place is Place.DOOR:
            public = entry.name == "public"
            below = Place.PUBLIC if public else Place.INSIDE
        try:
            if kind == freight.DIRECTORY:
                self._enter(parent, entry, below, depth + 1)
            elif kind == freight.FILE:
                self._file(parent, entry, below)
            else:
                self._link(parent, entry)
        except FileExistsError:
            raise freight.odd() from None

    def _enter(self, parent: int, entry: Entry, place: Place, depth: int) -> None:
        if depth > DEEPEST:
            raise freight.odd()
        os.mkdir(entry.name, 0o700, dir_fd=parent)
        with opened(open_below(parent, entry.name)) as directory:
            self.directory(directory, place, depth)
            more = 0
            if self._rules is not None:
                more = stat.S_ISGID
                if self._lists:
                    rights = self._rules.directory(None, place)
                    default = self._rules.content(None, place)
                    os.setxattr(directory, acl.ACCESS, rights)
                    os.setxattr(directory, acl.DEFAULT, default)
            self._settle(directory, entry, more)

    def _file(self, parent: int, entry: Entry, place: Place) -> None:
        with opened(os.open(entry.name, _NEW, 0o600, dir_fd=parent)) as file:
            size = self._fill(file)
            if size != os.fstat(file).st_size:
                os.ftruncate(file, size)  # it ends with a hole
            if self._rules is not None and self._lists:
                executable = bool(entry.mode & stat.S_IXUSR)
                rights = self._rules.file(None, place, executable=executable)
                os.setxattr(file, acl.ACCESS, rights)
            self._settle(file, entry, 0)

    def _fill(self, file: int) -> int:
        """Write what a file holds; return its size."""
        size = 0
        while True:
            kind, content = self._inlet.record()
            if kind == freight.END:
                return size
            more = len(content)
            if kind == freight.HOLE:
                more = freight.read_hole(content)
            elif kind != freight.CONTENT or not content:
                raise freight.odd()
            if size + more > freight.LARGEST_FILE:
                raise freight.odd()
            if kind == freight.CONTENT:
                self._write(file, content, size)
            size += more

    def _write(self, file: int, content: bytes, at: int) -> None:
        self.bytes += len(content)
        self._look()
        while content:
            done = os.pwrite(file, content, at)
            content, at = content[done:], at + done

    def _link(self, parent: int, entry: Entry) -> None:
        os.symlink(entry.text, entry.name, dir_fd=parent)
        if self._owners is not None:
            uid, gid = self._whose(entry)
            os.chown(entry.name, uid, gid, dir_fd=parent, follow_symlinks=False)
        times = (entry.time, entry.time)
        os.utime(entry.name, ns=times, dir_fd=parent, follow_symlinks=False)

    def _settle(self, one: int, entry: Entry, more: int) -> None:
        """Give what is whole its owner, mode and time, in this order.

        The mode says what of the rights by name holds, so that what people had closed
        stays closed.
        """
        mode = entry.mode
        if self._owners is not None:
            os.fchown(one, *self._whose(entry))
            if not self._lists and not self._owners.team.group:
                mode &= ~0o070  # others are in the owner's group here
        os.fchmod(one, mode | more)
        os.utime(one, ns=(entry.time, entry.time))

    def _whose(self, entry: Entry) -> tuple[int, int]:
        assert self._owners is not None
        owner = self._owners.team.owner
        return self._owners.uids.get(entry.who, owner.uid), owner.gid

    def _look(self) -> None:
        entries, size = self._looked
        if self.entries - entries > _LOOK_ENTRIES or self.bytes - size > _LOOK_BYTES:
            demand_room(self._top, 0)
            self._looked = (self.entries, self.bytes)

    def _demand_whole(self, content: bytes) -> None:
        if freight.read_totals(content) != Totals(self.entries, self.bytes):
            raise freight.odd()
