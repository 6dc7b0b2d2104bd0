"""Copies of environments, made by whoever may read them.

Standard library alone: a part of the program `inside`, whose text is handed to an
interpreter. Directories are opened one by one, through no link.
"""

import errno
import os
import re
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager

DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
LOCK = ".lock"
"""uv's lock, open to everybody."""
_WRITABLE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
_DEEPEST = 100  # directories; each level holds two descriptors
_LONGEST_TEXT = 1024 * 1024  # bytes; longer files name no prefix
_BLOCK = 1024 * 1024


class Refused(Exception):
    """It was not done because of what is on the disk; the text says what."""


@contextmanager
def opened(descriptor: int) -> Iterator[int]:
    """Close *descriptor* when the block ends."""
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def below(parent: int, name: str) -> int:
    """Return a descriptor of directory *name* in *parent*, never through a link.

    :raises Refused: there is none, or something else stands there.
    """
    try:
        return os.open(name, DIRECTORY, dir_fd=parent)
    except FileNotFoundError:
        raise Refused(f"There is no “{name}” here any more; look again.") from None
    except OSError as error:
        if error.errno in {errno.ELOOP, errno.ENOTDIR}:
            raise Refused(
                f"“{name}” is a link or a file where a directory belongs;"
                " move it away, then try again."
            ) from None
        raise


def exists(parent: int, name: str) -> bool:
    """Whether there is anything called *name* in *parent*, a link too."""
    return os.access(name, os.F_OK, dir_fd=parent, follow_symlinks=False)


def remove(parent: int, name: str) -> None:
    """Remove *name* with all that is in it; what links name stays."""
    try:
        about = os.stat(name, dir_fd=parent, follow_symlinks=False)
    except FileNotFoundError:
        return
    if stat.S_ISDIR(about.st_mode):
        shutil.rmtree(name, dir_fd=parent)  # by descriptor: follows nothing
    else:
        os.unlink(name, dir_fd=parent)


class Copier:
    """Copies a tree; unchangeable files are shared where the system allows it.

    :param renaming: a prefix, and what stands for it in the copy's text files.
    """

    def __init__(self, renaming: tuple[str, str] | None = None) -> None:
        self.shared = self.copied = 0
        self._link = True
        self._old: re.Pattern[bytes] | None = None
        self._new = b""
        if renaming is not None:
            old, new = (os.fsencode(one) for one in renaming)
            self._old = re.compile(re.escape(old) + rb"(?![\w.-])")
            self._new = new.replace(b"\\", b"\\\\")

    def tree(self, source: int, target: int, depth: int = 0) -> None:
        """Make *target* what *source* is; shared files that are there already stay."""
        if depth > _DEEPEST:
            raise Refused("The environment has directories that are too deep.")
        with os.scandir(source) as found:
            entries = [one for one in found if depth or one.name != LOCK]
        for name in set(os.listdir(target)) - {one.name for one in entries}:
            remove(target, name)
        for one in entries:
            about = one.stat(follow_symlinks=False)
            there = self._is_there(target, one.name, about)
            if stat.S_ISDIR(about.st_mode):
                if not there:
                    os.mkdir(one.name, 0o777, dir_fd=target)
                with (
                    opened(below(source, one.name)) as inner,
                    opened(below(target, one.name)) as made,
                ):
                    self.tree(inner, made, depth + 1)
            elif there:
                self.shared += 1
            elif stat.S_ISLNK(about.st_mode):
                text = os.readlink(os.fsencode(one.name), dir_fd=source)
                os.symlink(self._renamed(text), os.fsencode(one.name), dir_fd=target)
            elif stat.S_ISREG(about.st_mode):
                self._file(source, target, one.name, about)

    def _is_there(self, target: int, name: str, about: os.stat_result) -> bool:
        """Whether *target* has the very same file, or a directory; else make room."""
        try:
            known = os.stat(name, dir_fd=target, follow_symlinks=False)
        except FileNotFoundError:
            return False
        both = stat.S_ISDIR(known.st_mode) and stat.S_ISDIR(about.st_mode)
        if both or (known.st_dev, known.st_ino) == (about.st_dev, about.st_ino):
            return True
        remove(target, name)
        return False

    def _file(self, source: int, target: int, name: str, about: os.stat_result) -> None:
        sealed = not about.st_mode & _WRITABLE
        if sealed and self._link and self._linked(source, target, name):
            self.shared += 1
            return
        with opened(os.open(name, READ, dir_fd=source)) as read:
            if not stat.S_ISREG(os.fstat(read).st_mode):
                raise Refused(f"“{name}” has changed meanwhile; try again.")
            # the umask, or the default ACL of the project, takes from it what it must
            mode = 0o777 if about.st_mode & stat.S_IXUSR else 0o666
            with opened(os.open(name, NEW, mode, dir_fd=target)) as write:
                self._content(read, write, about.st_size)
                # compiled modules are valid only beside a source of the same time
                os.utime(write, ns=(about.st_atime_ns, about.st_mtime_ns))
        self.copied += 1

    def _linked(self, source: int, target: int, name: str) -> bool:
        try:
            os.link(
                name, name, src_dir_fd=source, dst_dir_fd=target, follow_symlinks=False
            )
        except OSError as error:
            # EMLINK is about one file; everything else is so for all that follow
            self._link = error.errno == errno.EMLINK
            return False
        return True

    def _content(self, read: int, write: int, size: int) -> None:
        whole = self._old is not None and size <= _LONGEST_TEXT
        while block := os.read(read, _BLOCK):
            if whole and b"\0" not in block:
                block = self._renamed(block)
            while block:
                block = block[os.write(write, block) :]

    def _renamed(self, content: bytes) -> bytes:
        return self._old.sub(self._new, content) if self._old else content
