"""Environments whose project has moved: the path in their files becomes the new one.

Whoever owns the project does it, or the node where all is its own. Files are replaced
by rename, never written to: what is shared with a template by hard link stays as it is.
"""

import os
import re
import stat

from aen.compute.disk.walk import Refused, descend, open_below, opened

_DEEPEST = 100  # directories; each level holds a descriptor
_LARGEST = 256 * 1024 * 1024  # bytes; larger files name no prefix
_LONGEST_LINK = 4096
_BESIDE = ".aen-moved-"
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def relocate(
    root: str,
    owner: str,
    name: str,
    old_owner: str,
    old_name: str,
    old_root: str = "",
) -> dict[str, int]:
    """Let a project's environments name its place where they name the old one.

    :param old_root: of the node that it came from; empty: *root*.
    :return: how many files were changed, and in how many the old path had to stay.
    """
    before = old_root or root
    paths = (f"{before}/{old_owner}/{old_name}", f"{root}/{owner}/{name}")
    work = _Relocation(*map(os.fsencode, paths))
    with opened(descend(root, [owner, name])) as project:
        try:
            envs = open_below(project, "envs")
        except FileNotFoundError:
            return work.counts
        with opened(envs):
            for one in os.listdir(envs):
                work.environment(envs, one)
    return work.counts


def replaced(
    content: bytes, old: bytes, new: bytes, *, binary: bool = False
) -> bytes | None:
    """Return *content* with the path *old* replaced; None: it has to stay.

    In programs (*binary*) a path ends with a zero, and only as many bytes may come
    after it as do now.
    """
    if b"\0" not in content:
        return _path(old).sub(lambda _: new, content)
    if not binary:
        return None
    whole = re.compile(_path(old).pattern + rb"([^\0]*)(\0*)")
    short = False

    def fill(found: re.Match[bytes]) -> bytes:
        nonlocal short
        rest = _path(old).sub(lambda _: new, found[1])
        made, room = new + rest, len(found[0])
        ends = 1 if found[2] else 0
        if len(made) + ends > room or (not ends and len(made) != room):
            short = True
            return found[0]
        return made.ljust(room, b"\0")

    made = whole.sub(fill, content)
    return None if short else made


def _path(old: bytes) -> "re.Pattern[bytes]":
    """Return what finds *old* as a whole path, or the beginning of one."""
    return re.compile(re.escape(old) + rb"(?![\w.-])")


class _Relocation:
    """One walk through environments."""

    def __init__(self, old: bytes, new: bytes) -> None:
        self._old = old
        self._new = new
        self._found = _path(old)
        self._binary = False
        self.counts = {"changed": 0, "left": 0}

    def environment(self, envs: int, name: str) -> None:
        """Change what is in one environment; something else in its place stays."""
        try:
            prefix = open_below(envs, name)
        except (OSError, Refused):
            return
        with opened(prefix):
            # conda's programs have room for other prefixes; no others have
            self._binary = os.access("conda-meta", os.F_OK, dir_fd=prefix)
            self._tree(prefix, 0)

    def _tree(self, directory: int, depth: int) -> None:
        with os.scandir(directory) as found:
            entries = list(found)
        for one in entries:
            try:
                self._entry(directory, one, depth)
            except (FileNotFoundError, Refused):
                continue  # gone or changed meanwhile
            except PermissionError:
                self.counts["left"] += 1  # a member's own

    def _entry(self, directory: int, one: "os.DirEntry[str]", depth: int) -> None:
        about = one.stat(follow_symlinks=False)
        if one.name.startswith(_BESIDE):
            os.unlink(one.name, dir_fd=directory)
        elif stat.S_ISDIR(about.st_mode):
            if depth < _DEEPEST:
                with opened(open_below(directory, one.name)) as inner:
                    self._tree(inner, depth + 1)
        elif stat.S_ISLNK(about.st_mode):
            self._link(directory, one.name)
        elif (
            stat.S_ISREG(about.st_mode)
            and about.st_nlink == 1
            and len(self._old) <= about.st_size <= _LARGEST
            # what is compiled has the path for messages only, and counts its bytes
            and not one.name.endswith(".pyc")
        ):
            self._file(directory, one.name, about)

    def _link(self, directory: int, name: str) -> None:
        text = os.readlink(os.fsencode(name), dir_fd=directory)
        made = self._found.sub(lambda _: self._new, text)
        if made != text and len(made) < _LONGEST_LINK:
            os.symlink(made, os.fsencode(_beside()), dir_fd=directory)
            self._put(directory, name)

    def _file(self, directory: int, name: str, about: os.stat_result) -> None:
        with open(os.open(name, _READ, dir_fd=directory), "rb") as file:
            content = file.read(_LARGEST + 1)
        if self._old not in content or not self._found.search(content):
            return
        made = replaced(content, self._old, self._new, binary=self._binary)
        if made is None:
            self.counts["left"] += 1
            return
        mode = stat.S_IMODE(about.st_mode) & 0o777
        with opened(os.open(_beside(), _NEW, mode, dir_fd=directory)) as writing:
            os.fchmod(writing, mode)
            rest = memoryview(made)
            while rest:
                rest = rest[os.write(writing, rest) :]
            # compiled modules are valid only beside a source of the same time
            os.utime(writing, ns=(about.st_atime_ns, about.st_mtime_ns))
        self._put(directory, name)

    def _put(self, directory: int, name: str) -> None:
        os.rename(_beside(), name, src_dir_fd=directory, dst_dir_fd=directory)
        self.counts["changed"] += 1


def _beside() -> str:
    return f"{_BESIDE}{os.getpid()}"
