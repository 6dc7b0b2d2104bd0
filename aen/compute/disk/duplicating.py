"""A project's files copied into another project, by whoever may read them.

Done again it goes on: what is there already, of the same size and time, stays. Only
files, directories and links are copied; links are not followed, and what may not be
read is left out and counted.
"""

import os
import stat
import time

from aen.compute.disk.relocating import relocate
from aen.compute.disk.remove import remove_tree
from aen.compute.disk.telling import Tell
from aen.compute.disk.walk import Refused, descend, open_below, opened

_DEEPEST = 100  # directories; each level holds two descriptors
_BLOCK = 1024 * 1024
_INTERVAL = 0.2  # seconds between two reports
_KEPT = frozenset({"envs", "public"})
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_WRITABLE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


def duplicate(
    root: str, owner: str, name: str, old_owner: str, old_name: str, tell: Tell
) -> dict[str, int]:
    """Make a project that is there what another one is, environments included.

    :return: how many files were copied, shared or there already, and left out.
    :raises Refused: the files of the other project may not be read.
    """
    try:
        source = descend(root, [old_owner, old_name])
    except PermissionError:
        raise Refused(
            f"The account “{owner}” may not read the files of {old_owner}/{old_name}."
        ) from None
    copy = _Copy(tell)
    with opened(source), opened(descend(root, [owner, name])) as target:
        copy.tree(source, target, 0, sealed=False)
    relocate(root, owner, name, old_owner, old_name)
    return copy.counts


class _Copy:
    """One walk through a project."""

    def __init__(self, tell: Tell) -> None:
        self.counts = {"copied": 0, "same": 0, "left": 0}
        self._tell = tell
        self._next = 0.0

    def tree(self, source: int, target: int, depth: int, *, sealed: bool) -> None:
        """Make *target* what *source* is; *sealed*: it is an environment's."""
        with os.scandir(source) as found:
            entries = [one for one in found if not _is_ours(one.name)]
        wanted = {one.name for one in entries} | (_KEPT if depth == 0 else set())
        for name in set(os.listdir(target)) - wanted:
            remove_tree(target, name)
        for one in entries:
            inside = sealed or (depth == 0 and one.name == "envs")
            try:
                self._entry(source, target, one, depth, sealed=inside)
            except (PermissionError, FileNotFoundError, Refused):
                self.counts["left"] += 1  # not for us, or gone meanwhile
            self._report()

    def _entry(
        self,
        source: int,
        target: int,
        one: "os.DirEntry[str]",
        depth: int,
        *,
        sealed: bool,
    ) -> None:
        about = one.stat(follow_symlinks=False)
        if stat.S_ISDIR(about.st_mode):
            self._directory(source, target, one.name, about, depth, sealed=sealed)
        elif stat.S_ISLNK(about.st_mode):
            text = os.readlink(one.name, dir_fd=source)
            _make_room(target, one.name)
            os.symlink(text, one.name, dir_fd=target)
        elif not stat.S_ISREG(about.st_mode):
            self.counts["left"] += 1  # sockets, pipes, devices
        elif _same(target, one.name, about):
            self.counts["same"] += 1
        else:
            self._file(source, target, one.name, about, sealed=sealed)

    def _directory(
        self,
        source: int,
        target: int,
        name: str,
        about: os.stat_result,
        depth: int,
        *,
        sealed: bool,
    ) -> None:
        if depth >= _DEEPEST:
            self.counts["left"] += 1
            return
        with opened(open_below(source, name)) as inner:
            made = _directory_below(target, name)
            with opened(made):
                if not (depth == 0 and name in _KEPT):
                    kept = os.fstat(made).st_mode & stat.S_ISGID
                    os.fchmod(made, stat.S_IMODE(about.st_mode) & 0o777 | kept)
                self.tree(inner, made, depth + 1, sealed=sealed)

    def _file(
        self,
        source: int,
        target: int,
        name: str,
        about: os.stat_result,
        *,
        sealed: bool,
    ) -> None:
        _make_room(target, name)
        shared = sealed and not about.st_mode & _WRITABLE
        if shared and _linked(source, target, name):
            self.counts["same"] += 1
            return
        mode = stat.S_IMODE(about.st_mode) & 0o777
        with opened(os.open(name, _READ, dir_fd=source)) as reading:
            if not stat.S_ISREG(os.fstat(reading).st_mode):
                raise Refused("It has changed meanwhile.")
            with opened(os.open(name, _NEW, 0o600, dir_fd=target)) as writing:
                while block := os.read(reading, _BLOCK):
                    while block:
                        block = block[os.write(writing, block) :]
                os.fchmod(writing, mode)
                os.utime(writing, ns=(about.st_atime_ns, about.st_mtime_ns))
        self.counts["copied"] += 1

    def _report(self) -> None:
        if time.monotonic() >= self._next:
            self._tell(sum(self.counts.values()), 0)
            self._next = time.monotonic() + _INTERVAL


def _is_ours(name: str) -> bool:
    """Whether something is work under way on an environment."""
    return name.startswith((".aen-", "_aen-"))


def _same(target: int, name: str, about: os.stat_result) -> bool:
    """Whether *target* has the file already, whole: its time is set at last."""
    try:
        known = os.stat(name, dir_fd=target, follow_symlinks=False)
    except FileNotFoundError:
        return False
    if (known.st_dev, known.st_ino) == (about.st_dev, about.st_ino):
        return True
    return (
        stat.S_ISREG(known.st_mode)
        and known.st_size == about.st_size
        and known.st_mtime_ns == about.st_mtime_ns
    )


def _make_room(target: int, name: str) -> None:
    if os.access(name, os.F_OK, dir_fd=target, follow_symlinks=False):
        remove_tree(target, name)


def _directory_below(target: int, name: str) -> int:
    try:
        return open_below(target, name)
    except (FileNotFoundError, Refused):
        _make_room(target, name)
        os.mkdir(name, 0o770, dir_fd=target)
        return open_below(target, name)


def _linked(source: int, target: int, name: str) -> bool:
    """Share a file that nobody can write, where the system lets us."""
    try:
        os.link(name, name, src_dir_fd=source, dst_dir_fd=target, follow_symlinks=False)
    except OSError:
        return False
    return True
