"""The pass over a project's files, with the rights of one person and on their own only.

Who runs it has become that person before, so that a trick with links or renames gains
nothing that the person could not do themselves.
"""

import errno
import os
import stat
from dataclasses import dataclass, field

from aen.compute.disk import acl
from aen.compute.disk.acl import Place, Rules
from aen.compute.disk.modes import INSIDE, wanted
from aen.compute.disk.walk import DEEPEST, Refused, open_below, opened

MOST = 5_000_000
"""Entries that one pass looks at."""
MOST_UIDS = 1000
"""Accounts that one report names."""

_NO_LISTS = frozenset({errno.EOPNOTSUPP, errno.ENOSYS})
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_PATH = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass
class Counts:
    """What a pass has done."""

    seen: int = 0
    changed: int = 0
    skipped: int = 0
    """Too deep, too many, or refused by the kernel."""
    uids: set[int] = field(default_factory=set)
    """Whose entries were met."""

    def as_json(self) -> dict[str, object]:
        """Return them as a report that is of bounded length."""
        return {
            "seen": self.seen,
            "changed": self.changed,
            "skipped": self.skipped,
            "uids": sorted(self.uids)[:MOST_UIDS],
        }


def has_lists(descriptor: int) -> bool:
    """Whether the file system of *descriptor* has access control lists."""
    try:
        os.getxattr(descriptor, acl.ACCESS)
    except OSError as error:
        return error.errno not in _NO_LISTS
    return True


def read_list(place: int | str, name: str) -> bytes | None:
    """Return an access control list; None when there is none by name."""
    try:
        return os.getxattr(place, name)
    except OSError as error:
        if error.errno == errno.ENODATA or error.errno in _NO_LISTS:
            return None
        raise


def _open_file(parent: int, name: str) -> tuple[int, int | str]:
    """Return a descriptor of a file and by what its rights are reached.

    One that its owner may not read has no other way than its name in /proc, which
    takes longer. A pipe put in its place does not make us wait.
    """
    try:
        descriptor = os.open(name, _READ, dir_fd=parent)
    except OSError:
        descriptor = os.open(name, _PATH, dir_fd=parent)
        return descriptor, f"/proc/self/fd/{descriptor}"
    return descriptor, descriptor


class Pass:
    """One walk through one project as one person."""

    def __init__(self, uid: int, rules: Rules, *, lists: bool, device: int) -> None:
        self.counts = Counts()
        self._uid = uid
        self._rules = rules
        self._lists = lists
        self._device = device
        self._group = rules.team.owner.gid

    def project(self, project: int) -> None:
        """Walk through a project; its own directory is left to whoever opens it."""
        for name, kind in self._entries(project):
            if name == "envs" and self._rules.unchanged:
                continue
            place = Place.PUBLIC if name == "public" else Place.INSIDE
            self._one(project, name, kind, place, 0)

    def tree(self, directory: int) -> None:
        """Walk through *directory*, itself first."""
        about = os.fstat(directory)
        if about.st_uid == self._uid:
            self._directory(directory, about, Place.INSIDE)
        for name, kind in self._entries(directory):
            self._one(directory, name, kind, Place.INSIDE, 0)

    def _entries(self, directory: int) -> list[tuple[str, os.DirEntry[str]]]:
        with os.scandir(directory) as found:
            return [(one.name, one) for one in found]

    def _one(
        self, parent: int, name: str, entry: os.DirEntry[str], place: Place, depth: int
    ) -> None:
        if self.counts.seen >= MOST:
            self.counts.skipped += 1
            return
        self.counts.seen += 1
        try:
            about = entry.stat(follow_symlinks=False)
            self.counts.uids.add(about.st_uid)
            if stat.S_ISDIR(about.st_mode):
                self._descend(parent, name, place, depth)
            elif self._is_ours(about):
                self._file(parent, name, about, place)
        except (FileNotFoundError, Refused):
            return  # gone or changed meanwhile
        except OSError:
            self.counts.skipped += 1

    def _is_ours(self, about: os.stat_result) -> bool:
        ours = about.st_uid == self._uid and about.st_nlink == 1
        return ours and stat.S_ISREG(about.st_mode)

    def _descend(self, parent: int, name: str, place: Place, depth: int) -> None:
        if depth == DEEPEST:
            self.counts.skipped += 1
            return
        with opened(self._entered(parent, name)) as directory:
            about = os.fstat(directory)
            if about.st_dev != self._device:
                return
            if about.st_uid == self._uid:
                self._directory(directory, about, place)
            for one, entry in self._entries(directory):
                self._one(directory, one, entry, place, depth + 1)

    def _entered(self, parent: int, name: str) -> int:
        """Return a descriptor of a directory; one that is locked is opened by reset."""
        try:
            return open_below(parent, name)
        except PermissionError:
            if not self._rules.whole:
                raise
        with opened(os.open(name, _PATH, dir_fd=parent)) as locked:
            about = os.fstat(locked)
            if stat.S_ISDIR(about.st_mode) and about.st_uid == self._uid:
                os.chmod(f"/proc/self/fd/{locked}", stat.S_ISGID | INSIDE)
        return open_below(parent, name)

    def _directory(self, directory: int, about: os.stat_result, place: Place) -> None:
        if not self._lists:
            self._mode(f"/proc/self/fd/{directory}", about, place)
            return
        access = read_list(directory, acl.ACCESS)
        default = read_list(directory, acl.DEFAULT)
        new = self._rules.directory(access, place)
        new_default = self._rules.content(default, place)
        fresh = self._rules.whole or access is None
        if fresh and about.st_gid != self._group:
            os.fchown(directory, -1, self._group)
            self.counts.changed += 1
        if fresh and not about.st_mode & stat.S_ISGID:
            os.fchmod(directory, stat.S_ISGID | acl.decode(new).mode)
            access = None  # the mask is another now
            self.counts.changed += 1
        if access != new:
            os.setxattr(directory, acl.ACCESS, new)
            self.counts.changed += 1
        if default != new_default:
            os.setxattr(directory, acl.DEFAULT, new_default)
            self.counts.changed += 1

    def _file(
        self, parent: int, name: str, about: os.stat_result, place: Place
    ) -> None:
        """Give a file its rights; one of several names may be elsewhere too."""
        descriptor, path = _open_file(parent, name)
        try:
            found = read_list(path, acl.ACCESS) if self._lists else None
            if found is not None and self._rules.unchanged:
                return
            executable = bool(about.st_mode & stat.S_IXUSR)
            new = self._rules.file(found, place, executable=executable)
            if found != new:
                self._change(descriptor, path, place, found)
        finally:
            os.close(descriptor)

    def _change(
        self, descriptor: int, path: int | str, place: Place, found: bytes | None
    ) -> None:
        """Change a file of ours; which one it is, its descriptor alone tells."""
        about = os.fstat(descriptor)
        ours = stat.S_ISREG(about.st_mode) and about.st_uid == self._uid
        if not ours or about.st_nlink != 1 or about.st_dev != self._device:
            return
        if not self._lists:
            self._mode(path, about, place)
            return
        fresh = self._rules.whole or found is None
        if fresh and about.st_gid != self._group:
            os.chown(path, -1, self._group)
        executable = bool(about.st_mode & stat.S_IXUSR)
        new = self._rules.file(found, place, executable=executable)
        os.setxattr(path, acl.ACCESS, new)
        self.counts.changed += 1

    def _mode(self, path: int | str, about: os.stat_result, place: Place) -> None:
        """Give what is ours a mode: all that there is without access control lists.

        Nothing tells what people set from what came from elsewhere but its group.
        """
        if not self._rules.whole and about.st_gid == self._group:
            return
        mode = wanted(about.st_mode, public=place is Place.PUBLIC)
        if stat.S_ISDIR(about.st_mode):
            mode |= stat.S_ISGID
        if not self._rules.team.group:
            mode &= ~0o070
        if about.st_gid != self._group:
            os.chown(path, -1, self._group)
        if stat.S_IMODE(about.st_mode) != mode:
            os.chmod(path, mode)
            self.counts.changed += 1
