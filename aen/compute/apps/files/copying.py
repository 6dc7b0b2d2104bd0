"""Copies of files, links and folders inside of a project: whole, or not at all.

A copy is made beside its place, in a name of ours, and put there by one rename. It has
the rights of its new place: what was closed where it came from is not closed by itself
where it goes.
"""

import os
import secrets
import stat
from collections.abc import Callable
from contextlib import suppress

from attrs import define, field

from aen.compute.apps.files.addresses import DEEPEST, OURS, shown
from aen.compute.apps.files.body import Gone
from aen.compute.apps.files.folders import (
    alone_in,
    has_default,
    make_executable,
    make_folder,
    mode_in,
    take_over,
)
from aen.compute.apps.files.inside import Found
from aen.compute.apps.files.listing import read_folder
from aen.compute.apps.files.refusals import Refusal, of_system
from aen.compute.apps.files.staging import COPY, sweep_staged
from aen.compute.apps.files.writing import demand_writable
from aen.compute.disk.remove import remove_tree
from aen.compute.disk.walk import Refused, open_below, opened

_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_PATH = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC
_BLOCK = 1024 * 1024


@define
class Copying:
    """One copy, and what is left of its bounds."""

    entries: int
    bytes: int
    gone: Callable[[], bool]
    """Whether nobody waits for it any more."""
    leftover: float
    """After how many seconds what a crash has left of another one goes."""
    _most: tuple[int, int] = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Remember how much there was."""
        self._most = (self.entries, self.bytes)

    def copy(self, old: Found, new: Found, *, replace: bool) -> None:
        """Make *new* what *old* is.

        :param replace: whether a file that is there already is replaced.
        :raises Refusal: something is there, or something cannot be copied.
        :raises OSError: as the system says.
        """
        _, about = old.there()
        if not old.name or not new.name:
            raise Refusal(
                409, "The folder of the project itself cannot be copied here."
            )
        _demand_outside(old, new)
        _demand_free(new, about, replace=replace)
        name = f"{COPY}{secrets.token_urlsafe(12)}"
        with opened(read_folder(new.folder)) as folder:
            with suppress(OSError, Refused):
                sweep_staged(folder, self.leftover)
            try:
                self._one((old.folder, old.name), (folder, name), old.way, 0)
                with alone_in(folder) as target:
                    _put(target, name, new, replace=replace)
            finally:
                remove_tree(folder, name)

    def _one(
        self, source: tuple[int, str], target: tuple[int, str], way: str, depth: int
    ) -> None:
        if self.gone():
            raise Gone
        self._count(way)
        try:
            self._make(source, target, way, depth)
        except OSError as error:
            raise of_system(error, way) from None

    def _make(
        self, source: tuple[int, str], target: tuple[int, str], way: str, depth: int
    ) -> None:
        (folder, name), (into, new) = source, target
        about = os.stat(name, dir_fd=folder, follow_symlinks=False)
        match stat.S_IFMT(about.st_mode):
            case stat.S_IFDIR:
                self._folder(source, target, way, depth)
            case stat.S_IFREG:
                self._file(source, target, way)
            case stat.S_IFLNK:
                os.symlink(os.readlink(name, dir_fd=folder), new, dir_fd=into)
            case _:
                raise _not_copied(way, "is no file, folder or link")

    def _count(self, way: str) -> None:
        self.entries -= 1
        if self.entries < 0:
            most = self._most[0]
            raise Refusal(413, f"{way} is one more than {most} entries: {_NOTHING}")

    def _folder(
        self, source: tuple[int, str], target: tuple[int, str], way: str, depth: int
    ) -> None:
        if depth >= DEEPEST:
            raise _not_copied(way, f"is deeper than {DEEPEST} folders")
        (folder, name), (into, new) = source, target
        make_folder(into, new)
        with (
            opened(open_below(folder, name)) as old,
            opened(open_below(into, new)) as made,
        ):
            with os.scandir(old) as found:
                names = [one.name for one in found if not one.name.startswith(OURS)]
            for one in names:
                inner = f"{way}/{shown(one)}"
                self._one((old, one), (made, one), inner, depth + 1)

    def _file(self, source: tuple[int, str], target: tuple[int, str], way: str) -> None:
        (folder, name), (into, new) = source, target
        with opened(os.open(name, _READ, dir_fd=folder)) as old:
            about = os.fstat(old)
            if not stat.S_ISREG(about.st_mode):
                raise _not_copied(way, "has changed meanwhile")
            with opened(os.open(new, _NEW, 0o666, dir_fd=into)) as file:
                if not has_default(into):
                    os.fchmod(file, mode_in(into))
                self._content(old, file, way)
                if about.st_mode & stat.S_IXUSR:
                    make_executable(file)
                os.utime(file, ns=(about.st_atime_ns, about.st_mtime_ns))

    def _content(self, old: int, file: int, way: str) -> None:
        while data := os.read(old, _BLOCK):
            if self.gone():
                raise Gone
            self.bytes -= len(data)
            if self.bytes < 0:
                most = self._most[1]
                raise Refusal(
                    413, f"With {way} it is more than {most} bytes: {_NOTHING}"
                )
            view = memoryview(data)
            while view:
                view = view[os.write(file, view) :]


_NOTHING = "nothing was copied."


def _not_copied(way: str, why: str) -> Refusal:
    return Refusal(409, f"{way} {why}: {_NOTHING}")


def _demand_outside(old: Found, new: Found) -> None:
    """Raise `Refusal` where a folder would be copied into itself."""
    descriptor, about = old.there()
    if any(os.path.samestat(about, os.fstat(one)) for one in new.above):
        raise Refusal(409, f"{old.way} cannot be put inside of itself.")
    if new.descriptor is not None and os.path.samestat(
        os.fstat(descriptor), os.fstat(new.descriptor)
    ):
        raise Refusal(409, f"{old.way} cannot be copied to itself.")


def _demand_free(new: Found, source: os.stat_result, *, replace: bool) -> None:
    """Raise `Refusal` where something is that is not to be replaced."""
    about = new.about
    if new.descriptor is None or about is None:
        return
    if not replace:
        raise Refusal(412, f"{new.way} is there already.")
    if stat.S_ISDIR(about.st_mode):
        raise Refusal(409, f"{new.way} is a folder.")
    if stat.S_ISDIR(source.st_mode):
        raise Refusal(409, f"{new.way} is there already, and is no folder.")
    if stat.S_ISREG(about.st_mode):
        demand_writable(new.descriptor, new.way)


def _put(folder: int, name: str, new: Found, *, replace: bool) -> None:
    """Give a copy that is whole its place; the rights are those of what is replaced."""
    source = os.stat(name, dir_fd=folder, follow_symlinks=False)
    try:
        there = os.open(new.name, _PATH, dir_fd=folder)
    except FileNotFoundError:
        pass
    else:
        with opened(there):
            now = Found(folder, new.name, new.way, there)
            _demand_free(now, source, replace=replace)
            modes = source.st_mode, os.fstat(there).st_mode
            if all(map(stat.S_ISREG, modes)):
                _like(there, folder, name)
    os.rename(name, new.name, src_dir_fd=folder, dst_dir_fd=folder)


def _like(there: int, folder: int, name: str) -> None:
    """Give our copy the rights of what it replaces."""
    with opened(os.open(name, _READ, dir_fd=folder)) as file:
        about = os.fstat(file)
        if about.st_nlink != 1 or about.st_uid != os.geteuid():
            raise Refusal(409, "Somebody else has changed the copy; try again.")
        take_over(there, file)
