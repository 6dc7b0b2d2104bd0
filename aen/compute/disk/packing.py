"""A project's files read into a stream for another node, all of them or none.

What cannot be taken along faithfully ends it with a sentence that names it: nothing is
left behind in silence but what is nobody's file (sockets, pipes) and work under way on
environments. No link is followed, no other file system entered. Root may call it; the
files of somebody outside the team are then taken only where anyone may read them: a
second name that a member made for a stranger's file shows nothing.
"""

import os
import stat
from collections.abc import Callable, Mapping
from contextlib import closing

from aen.compute.disk import freight
from aen.compute.disk.freight import Entry, Outlet, Totals
from aen.compute.disk.remove import TRASH
from aen.compute.disk.walk import DEEPEST, Refused, open_below, opened

_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_UNIT = 512  # bytes; the unit of st_blocks, whatever the file system's own
_WORK = (".aen-", "_aen-")
"""How names of work under way on an environment begin."""


def pack(
    project: int,
    people: Mapping[int, str] | None,
    out: int,
    alive: Callable[[], object] = lambda: None,
) -> dict[str, int]:
    """Write a project that is open at *project* to the descriptor *out*.

    :param people: the names of the team by uid; None: all is one account's.
    :return: how many entries and bytes it were, and how many were left out.
    :raises Refused: something cannot be taken along; says what.
    """
    with closing(Outlet(out, alive)) as outlet:
        packing = _Packing(people, outlet, os.fstat(project).st_dev)
        packing.directory(project, ())
        outlet.end(packing.totals)
    totals = packing.totals
    return {"entries": totals.entries, "bytes": totals.bytes, "left": packing.left}


class _Packing:
    """One walk through a project."""

    def __init__(
        self, people: Mapping[int, str] | None, out: Outlet, device: int
    ) -> None:
        self.out = out
        self.left = 0
        self._people = people
        self._device = device
        self._entries = 0
        self._bytes = 0

    @property
    def totals(self) -> Totals:
        """How much has been written."""
        return Totals(self._entries, self._bytes)

    def directory(self, directory: int, at: tuple[str, ...]) -> None:
        """Write all that is in *directory*, which is called *at*."""
        with os.scandir(directory) as found:
            names = sorted(one.name for one in found)
        for name in names:
            if _is_work(name) and at in ((), ("envs",)):
                continue
            here = (*at, name)
            try:
                self._one(directory, name, here)
            except PermissionError:
                raise Refused(
                    f"“{shown(here)}” cannot be read; change its permissions or remove"
                    " it, then try again."
                ) from None
            except FileNotFoundError:
                raise Refused(
                    f"“{shown(here)}” was removed meanwhile; try again once nobody"
                    " works in the project."
                ) from None

    def _one(self, parent: int, name: str, at: tuple[str, ...]) -> None:
        about = os.stat(name, dir_fd=parent, follow_symlinks=False)
        kind = about.st_mode
        if stat.S_ISDIR(kind):
            self._enter(parent, name, at)
        elif stat.S_ISLNK(kind):
            text = os.readlink(name, dir_fd=parent)
            self._count(at)
            entry = Entry(name, 0o777, about.st_mtime_ns, self._who(about), text)
            self.out.put(freight.LINK, freight.written(entry))
        elif stat.S_ISREG(kind):
            self._file(parent, name, at)
        else:
            self.left += 1  # sockets, pipes, devices: what made them has ended

    def _enter(self, parent: int, name: str, at: tuple[str, ...]) -> None:
        if len(at) > DEEPEST:
            raise Refused(
                f"“{shown(at)}” is deeper than {DEEPEST} directories; move it"
                " up, then try again."
            )
        with opened(open_below(parent, name)) as directory:
            about = os.fstat(directory)
            if about.st_dev != self._device:
                raise Refused(
                    f"“{shown(at)}” is another file system; ask the administrator to"
                    " unmount it, then try again."
                )
            self._count(at)
            self.out.put(freight.DIRECTORY, freight.written(self._entry(name, about)))
            self.directory(directory, at)
            self.out.put(freight.LEAVE)

    def _file(self, parent: int, name: str, at: tuple[str, ...]) -> None:
        with opened(os.open(name, _READ, dir_fd=parent)) as file:
            about = os.fstat(file)
            if not stat.S_ISREG(about.st_mode):
                raise FileNotFoundError  # something else has its name now
            self._demand_ours(about, at)
            if about.st_size > freight.LARGEST_FILE:
                raise Refused(f"“{shown(at)}” is too large to be moved.")
            self._count(at)
            self.out.put(freight.FILE, freight.written(self._entry(name, about)))
            if about.st_blocks * _UNIT < about.st_size:
                self._with_holes(file, about.st_size)
            else:
                self._content(file, 0, about.st_size)
            self.out.put(freight.END)

    def _with_holes(self, file: int, size: int) -> None:
        """Write a file of which the disk does not hold all: holes stay holes."""
        position = 0
        while position < size:
            try:
                begin = os.lseek(file, position, os.SEEK_DATA)
            except OSError:  # ENXIO: nothing comes any more
                begin = size
            begin = min(begin, size)
            if begin > position:
                self.out.hole(begin - position)
            if begin == size:
                return
            end = min(os.lseek(file, begin, os.SEEK_HOLE), size)
            if not self._content(file, begin, end):
                return
            position = end

    def _content(self, file: int, begin: int, end: int) -> bool:
        """Write a part of a file; False: it has become shorter meanwhile."""
        while begin < end:
            block = os.pread(file, min(freight.BLOCK, end - begin), begin)
            if not block:
                return False
            self.out.put(freight.CONTENT, block)
            self._bytes += len(block)
            begin += len(block)
        return True

    def _demand_ours(self, about: os.stat_result, at: tuple[str, ...]) -> None:
        people = self._people
        if people is None or about.st_uid in people or about.st_mode & stat.S_IROTH:
            return
        raise Refused(
            f"“{shown(at)}” belongs to somebody outside the team; ask the administrator"
            " to give it to the owner, or remove it, then try again."
        )

    def _entry(self, name: str, about: os.stat_result) -> Entry:
        mode = stat.S_IMODE(about.st_mode) & 0o777
        return Entry(name, mode, about.st_mtime_ns, self._who(about))

    def _who(self, about: os.stat_result) -> str:
        return (self._people or {}).get(about.st_uid, "")

    def _count(self, at: tuple[str, ...]) -> None:
        try:
            at[-1].encode("utf-8", "surrogateescape")
        except UnicodeEncodeError:
            raise Refused(f"“{shown(at)}” has a name that cannot be moved.") from None
        self._entries += 1


def _is_work(name: str) -> bool:
    return name.startswith(_WORK) and name != TRASH


def shown(at: tuple[str, ...]) -> str:
    """Return a path below the project as people may read it."""
    return ascii("/".join(at))[1:-1][:300] if _odd(at) else "/".join(at)[:300]


def _odd(at: tuple[str, ...]) -> bool:
    return not all(one.isprintable() for one in at)
