"""An archive unpacked into a folder: all of it, or nothing.

It is made beside its place, in a folder of ours that nothing else looks into, and what
is in that is moved to where it belongs once the whole is there.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from attrs import define, field, frozen

from aen.compute.apps.files.addresses import shown
from aen.compute.apps.files.folders import (
    alone_in,
    has_default,
    make_executable,
    make_folder,
    mode_in,
)
from aen.compute.apps.files.inside import Inside
from aen.compute.apps.files.members import BROKEN, Member, broken, members, refused
from aen.compute.apps.files.refusals import Refusal
from aen.compute.apps.files.staging import ARCHIVE, IMPORT, staged
from aen.compute.disk.walk import Refused, open_below, opened

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_BLOCK = 256 * 1024


@frozen
class Bounds:
    """The most that is unpacked: entries, and bytes in all."""

    entries: int
    bytes: int


@define
class Unpacked:
    """What has been unpacked so far."""

    bounds: Bounds
    entries: int = 0
    bytes: int = 0
    links: list[tuple[str, ...]] = field(factory=list)

    def count(self, way: str) -> None:
        """Take note of one entry more, or raise `Refusal`: it is one too many."""
        self.entries += 1
        if self.entries > self.bounds.entries:
            raise refused(way, f"is one more than {self.bounds.entries} entries")

    def add(self, way: str, size: int) -> None:
        """Take note of so many bytes, or raise `Refusal`: they are too many."""
        self.bytes += size
        if self.bytes > self.bounds.bytes:
            raise refused(way, f"makes it more than {self.bounds.bytes} bytes")


def unpack(
    file: IO[bytes], folder: int, token: str, done: Unpacked, *, unwrap: bool,
    replace: bool,
) -> None:  # fmt: skip
    """Unpack an archive into *folder*, a descriptor that can be read.

    :param unwrap: whether a single folder that holds everything else is left out.
    :param replace: whether files that are there already are replaced.
    :raises Refusal: an entry is not taken, or something is there; nothing was done.
    :raises OSError: as the system says; nothing was done.
    """
    with staged(folder, IMPORT + token) as staging:
        _fill(staging, file, done)
        _check_links(staging, done.links)
        inner = _unwrapped(staging) if unwrap else _itself(staging)
        with inner as source, alone_in(folder) as target:
            _check_free(source, target, "", replace=replace)
            _merge(source, target)


def _fill(staging: int, file: IO[bytes], done: Unpacked) -> None:
    found = members(file)
    while True:
        try:
            member = next(found, None)
        except BROKEN as error:
            raise broken(error) from None
        if member is None:
            break
        way = "/".join(member.names)
        done.count(way)
        try:
            _make(staging, member, done)
        except Refused as why:
            raise refused(way, f"cannot be made: {why}") from None
        except FileExistsError:
            raise refused(way, "is in it twice, as different things") from None
    if not done.entries:
        raise broken("nothing is in it")


def _make(staging: int, member: Member, done: Unpacked) -> None:
    if not member.names:
        return
    *above, name = member.names
    with _below(staging, above) as folder:
        if member.kind == "folder":
            _folder(folder, name)
            return
        with suppress(FileNotFoundError, IsADirectoryError):
            os.unlink(name, dir_fd=folder)  # a later entry stands for an earlier one
        if member.kind == "link":
            os.symlink(member.target, name, dir_fd=folder)
            done.links.append(member.names)
        elif member.kind == "same":
            _same(staging, member, folder)
        else:
            _file(folder, member, done)


@contextmanager
def _below(staging: int, names: list[str]) -> Iterator[int]:
    """Give a descriptor of a folder in the staging one; what is not there is made."""
    current = os.dup(staging)
    try:
        for name in names:
            _folder(current, name)
            inner = open_below(current, name)
            os.close(current)
            current = inner
        yield current
    finally:
        os.close(current)


def _folder(parent: int, name: str) -> None:
    try:
        make_folder(parent, name)
    except FileExistsError:
        open_it = open_below(parent, name)  # refuses what is no folder
        os.close(open_it)


def _same(staging: int, member: Member, folder: int) -> None:
    *above, first = member.target.split("/")
    with _below(staging, above) as source:
        about = os.stat(first, dir_fd=source, follow_symlinks=False)
        if not stat.S_ISREG(about.st_mode):
            raise Refused("it is another name of what is no file")
        os.link(first, member.names[-1], src_dir_fd=source, dst_dir_fd=folder,
                follow_symlinks=False)  # fmt: skip


def _file(folder: int, member: Member, done: Unpacked) -> None:
    way = "/".join(member.names)
    file = os.open(member.names[-1], _NEW, 0o666, dir_fd=folder)
    with opened(file):
        if not has_default(folder):
            os.fchmod(file, mode_in(folder))
        while data := _read(member):
            done.add(way, len(data))
            view = memoryview(data)
            while view:
                view = view[os.write(file, view) :]
        if member.executable:
            make_executable(file)
        if member.modified > 0:
            with suppress(OSError, OverflowError, ValueError):
                os.utime(file, (member.modified, member.modified))


def _read(member: Member) -> bytes:
    assert member.content is not None
    try:
        return member.content.read(_BLOCK)
    except BROKEN as error:
        raise broken(error) from None


def _check_links(staging: int, links: list[tuple[str, ...]]) -> None:
    """See where links really lead, now that all folders and links are there."""
    inside = Inside(Path(f"/proc/self/fd/{staging}"))
    try:
        for names in links:
            try:
                with inside.find(names):
                    continue
            except Refusal as refusal:
                if refusal.status != 404:  # noqa: PLR2004 -- one to nothing is harmless
                    way = "/".join(names)
                    raise refused(way, "is a link that leads out") from None
    finally:
        inside.close()


@contextmanager
def _itself(staging: int) -> Iterator[int]:
    yield staging


@contextmanager
def _unwrapped(staging: int) -> Iterator[int]:
    """Give the only folder of an archive, or all of it where there is more."""
    names = os.listdir(staging)
    about = os.stat(names[0], dir_fd=staging, follow_symlinks=False)
    if len(names) == 1 and stat.S_ISDIR(about.st_mode):
        with opened(open_below(staging, names[0])) as inner:
            yield inner
    else:
        yield staging


def _kind(folder: int, name: str) -> int:
    """Return what is called *name*; 0: nothing."""
    try:
        about = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return 0
    return stat.S_IFMT(about.st_mode)


def _check_free(source: int, target: int, way: str, *, replace: bool) -> None:
    """Raise `Refusal` where something is that may not be replaced."""
    for name in os.listdir(source):
        here, there = _kind(source, name), _kind(target, name)
        if here == there == stat.S_IFDIR:
            with (
                opened(open_below(source, name)) as inner,
                opened(open_below(target, name)) as outer,
            ):
                _check_free(inner, outer, f"{way}{name}/", replace=replace)
        elif there and (not replace or stat.S_IFDIR in (here, there)):
            raise Refusal(
                409, f"“{shown(way + name)}” is there already. Nothing was unpacked."
            )


def _merge(source: int, target: int) -> None:
    for name in os.listdir(source):
        if _kind(source, name) == _kind(target, name) == stat.S_IFDIR:
            with (
                opened(open_below(source, name)) as inner,
                opened(open_below(target, name)) as outer,
            ):
                _merge(inner, outer)
        else:
            os.rename(name, name, src_dir_fd=source, dst_dir_fd=target)


def spool(folder: int, token: str) -> int:
    """Return a descriptor of a file without a name, on the disk of *folder*.

    :raises OSError: as the system says.
    """
    name = ARCHIVE + token
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    file = os.open(name, flags, 0o600, dir_fd=folder)
    os.unlink(name, dir_fd=folder)
    return file
