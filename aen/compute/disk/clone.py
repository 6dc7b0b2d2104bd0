"""An environment made from a template: shared files by hard link, the rest copied.

Source and target are directories that only the node's account can change.
"""

import errno
import os
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from aen.compute.disk.remove import remove_tree
from aen.compute.disk.telling import Counter, Tell
from aen.compute.disk.walk import open_root, opened

DIRECTORY_MODE = 0o770
MARKER = ".aen-template.json"
_SKIPPED = frozenset({".lock", MARKER})  # uv's lock is open to everybody
# Files that programs change in place, so that a hard link would carry the change
# into the template and into every other project.
_PRIVATE_TREES = frozenset({"bin", "etc", "conda-meta"})
_PRIVATE_NAMES = frozenset(
    "pyvenv.cfg kernel.json page_config.json RECORD INSTALLER REQUESTED"
    " direct_url.json".split()
)
# Other file system or mount, 65,000 links on ext4, a file of another account.
_CANNOT_LINK = frozenset({errno.EXDEV, errno.EMLINK, errno.EPERM, errno.EOPNOTSUPP})
LONGEST_TEXT = 1024 * 1024
"""Bytes; longer files name no prefix."""


@dataclass(frozen=True)
class Entry:
    """One thing in a template, by its path below it."""

    path: str
    about: os.stat_result


def is_private(path: str, about: os.stat_result) -> bool:
    """Whether the file at *path* below a template must not be shared by link."""
    top, _, _ = path.partition("/")
    name = path.rpartition("/")[2]
    return (
        top in _PRIVATE_TREES
        or name in _PRIVATE_NAMES
        or name.endswith(".pth")
        or about.st_size == 0
        or bool(about.st_mode & (stat.S_IWGRP | stat.S_IWOTH))
    )


def entries(template: str) -> Iterator[Entry]:
    """Yield what is in *template*, each directory before its content."""
    waiting = [""]
    while waiting:
        below = waiting.pop()
        with os.scandir(os.path.join(template, below)) as found:
            for one in found:
                path = f"{below}/{one.name}" if below else one.name
                if path in _SKIPPED:
                    continue
                yield Entry(path, one.stat(follow_symlinks=False))
                if one.is_dir(follow_symlinks=False):
                    waiting.append(path)


def file_mode(mode: int) -> int:
    """Return what a project's own file may have: all of it for owner and group."""
    return 0o770 if mode & stat.S_IXUSR else 0o660


class Cloner:
    """Makes *target* from *template* as it will be at *prefix*."""

    def __init__(self, template: str, target: str, prefix: str, *, link: bool) -> None:
        self._template = template
        self._target = target
        self._link = link
        self._old = template.encode()
        self._new = prefix.encode()

    def run(self, tell: Tell) -> dict[str, int]:
        """Make all of it; return how many files are shared and how many copied."""
        found = list(entries(self._template))
        counter = Counter(len(found), tell)
        counts = {"shared": 0, "copied": 0}
        before = os.umask(0)
        try:
            os.mkdir(self._target, DIRECTORY_MODE)
            for one in found:
                self._make(one, counts)
                counter.one()
        finally:
            os.umask(before)
        return counts

    def _make(self, one: Entry, counts: dict[str, int]) -> None:
        source = f"{self._template}/{one.path}"
        target = f"{self._target}/{one.path}"
        kind = one.about.st_mode
        if stat.S_ISDIR(kind):
            os.mkdir(target, DIRECTORY_MODE)
        elif stat.S_ISLNK(kind):
            os.symlink(os.readlink(source), target)
        elif stat.S_ISREG(kind):
            private = is_private(one.path, one.about)
            shared = self._link and not private and self._linked(source, target)
            if not shared:
                self._copy(source, target, one.about, private=private)
            counts["shared" if shared else "copied"] += 1

    def _linked(self, source: str, target: str) -> bool:
        try:
            os.link(source, target, follow_symlinks=False)
        except OSError as error:
            if error.errno not in _CANNOT_LINK:
                raise
            # EMLINK is about one file; the others are so for all that follow
            self._link = error.errno == errno.EMLINK
            return False
        return True

    def _copy(
        self, source: str, target: str, about: os.stat_result, *, private: bool
    ) -> None:
        if private and 0 < about.st_size <= LONGEST_TEXT:
            self._copy_text(source, target)
        else:
            shutil.copyfile(source, target)
        os.chmod(target, file_mode(about.st_mode))
        # compiled modules are valid only beside a source of the same time
        os.utime(target, ns=(about.st_atime_ns, about.st_mtime_ns))

    def _copy_text(self, source: str, target: str) -> None:
        with open(source, "rb") as file:
            content = file.read()
        with open(target, "wb") as file:
            file.write(renamed(content, self._old, self._new))


def renamed(content: bytes, old: bytes, new: bytes) -> bytes:
    """Return *content* with the prefix *old* replaced, binaries left alone."""
    return content if b"\0" in content else content.replace(old, new)


def clone(template: str, target: str, prefix: str, *, link: bool, tell: Tell) -> Any:
    """Clone *template* to *target*; what a failure leaves half made is removed."""
    try:
        return Cloner(template, target, prefix, link=link).run(tell)
    except BaseException:
        parent, _, name = target.rpartition("/")
        with opened(open_root(parent)) as directory:
            remove_tree(directory, name)
        raise
