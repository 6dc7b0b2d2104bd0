"""What is done inside a project's directory, with the rights of whoever asks.

A program of the standard library alone, whose text is handed to an interpreter:
whoever runs it need not be able to read this installation. A verb and its arguments
as JSON in, a line of JSON out: ``{"result": …}`` or ``{"error": sentence, "kind": …}``.

People of one team trust each other, and nobody else: directories are opened one by
one, through no link, and what is read, written or removed is below the project.
"""

import ctypes
import errno
import json
import mmap
import os
import re
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

STAGED = ".aen-"
"""Environments that are being made have names that begin so, in the project itself."""
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_SKIPPED = frozenset({".lock"})  # uv's lock is open to everybody
_WRITABLE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
_DEEPEST = 100  # directories; each level holds two descriptors
_LONGEST_TEXT = 1024 * 1024  # bytes; longer files name no prefix
_BLOCK = 1024 * 1024
_ASIDE = ".old."  # between what takes the place of an environment and its name
_RENAME_EXCHANGE = 2  # renameat2(2)


class Refused(Exception):
    """It was not done because of what is on the disk; the text says what."""


@contextmanager
def _opened(descriptor: int) -> Iterator[int]:
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _below(parent: int, name: str) -> int:
    try:
        return os.open(name, _DIRECTORY, dir_fd=parent)
    except FileNotFoundError:
        raise Refused(f"There is no “{name}” here any more; look again.") from None
    except OSError as error:
        if error.errno in {errno.ELOOP, errno.ENOTDIR}:
            raise Refused(
                f"“{name}” is a link or a file where a directory belongs;"
                " move it away, then try again."
            ) from None
        raise


def _exists(parent: int, name: str) -> bool:
    return os.access(name, os.F_OK, dir_fd=parent, follow_symlinks=False)


def _removed(parent: int, name: str) -> None:
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
        """Copy what is in *source* to *target*, which is empty."""
        if depth > _DEEPEST:
            raise Refused("The environment has directories that are too deep.")
        with os.scandir(source) as found:
            entries = [one for one in found if depth or one.name not in _SKIPPED]
        for one in entries:
            about = one.stat(follow_symlinks=False)
            if stat.S_ISDIR(about.st_mode):
                os.mkdir(one.name, 0o777, dir_fd=target)
                with (
                    _opened(_below(source, one.name)) as inner,
                    _opened(_below(target, one.name)) as made,
                ):
                    self.tree(inner, made, depth + 1)
            elif stat.S_ISLNK(about.st_mode):
                text = os.readlink(os.fsencode(one.name), dir_fd=source)
                os.symlink(self._renamed(text), os.fsencode(one.name), dir_fd=target)
            elif stat.S_ISREG(about.st_mode):
                self._file(source, target, one.name, about)

    def _file(self, source: int, target: int, name: str, about: os.stat_result) -> None:
        sealed = not about.st_mode & _WRITABLE
        if sealed and self._link and self._linked(source, target, name):
            self.shared += 1
            return
        with _opened(os.open(name, _READ, dir_fd=source)) as read:
            if not stat.S_ISREG(os.fstat(read).st_mode):
                raise Refused(f"“{name}” has changed meanwhile; try again.")
            # the umask, or the default ACL of the project, takes from it what it must
            mode = 0o777 if about.st_mode & stat.S_IXUSR else 0o666
            with _opened(os.open(name, _NEW, mode, dir_fd=target)) as write:
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


def _project(project: str) -> int:
    try:
        return os.open(project, _DIRECTORY)
    except OSError as error:
        why = error.strerror
        raise Refused(f"The project's directory cannot be opened: {why}.") from None


def copy(project: str, source: str, name: str, staged: str) -> dict[str, int]:
    """Copy environment *source* to *staged* in the project, to be used as *name*.

    ``mark`` of the result is for `end`: what changes later has a later time.
    """
    same = source == name
    paths = (f"{project}/envs/{source}", f"{project}/envs/{name}")
    copier = Copier(None if same else paths)
    with (
        _opened(_project(project)) as top,
        _opened(_below(top, "envs")) as envs,
        _opened(_below(envs, source)) as read,
    ):
        os.mkdir(staged, 0o777, dir_fd=top)
        with _opened(_below(top, staged)) as target:
            copier.tree(read, target)
            mark = _now(target)
    return {"mark": mark, "shared": copier.shared, "copied": copier.copied}


def _now(directory: int) -> int:
    """Return the time of the file system itself, in nanoseconds."""
    name = f".mark-{os.getpid()}"
    os.close(os.open(name, _NEW, 0o600, dir_fd=directory))
    last = os.stat(name, dir_fd=directory).st_ctime_ns
    os.unlink(name, dir_fd=directory)
    return last


def clear(project: str, keep: list[str], free: str = "") -> None:
    """Remove what changes that broke off have left in the project.

    :param keep: what changes that are under way have staged.
    :param free: the name of an environment that must not be there.
    """
    with _opened(_project(project)) as top:
        for name in set(os.listdir(top)) - set(keep):
            if not name.startswith(STAGED) or _put_back(top, name):
                continue
            with suppress(OSError):  # another member's: it is only in the way
                _removed(top, name)
        with _opened(_below(top, "envs")) as envs:
            if free and _exists(envs, free):
                raise Refused(f"There is something at envs/{free} already.")


def _put_back(top: int, name: str) -> bool:
    """Put back an environment that was on its way out when all broke off."""
    _, aside, place = name.partition(_ASIDE)
    if not aside:
        return False
    with _opened(_below(top, "envs")) as envs:
        if _exists(envs, place):
            return False
        os.rename(name, place, src_dir_fd=top, dst_dir_fd=envs)
    return True


def end(
    project: str, name: str, staged: str, mark: int, *, new: bool
) -> dict[str, int]:
    """Put *staged* in the place of environment *name*; what was there goes away.

    Its own path, in files changed since *mark*, becomes that of its place; the two are
    equally long. With *new* there must be nothing in its place yet.
    """
    with _opened(_project(project)) as top, _opened(_below(top, "envs")) as envs:
        with _opened(_below(top, staged)) as tree:
            renamed = relocate(
                tree,
                os.fsencode(f"{project}/{staged}"),
                os.fsencode(f"{project}/envs/{name}"),
                mark,
            )
        if new:
            if _exists(envs, name):
                raise Refused(f"There is something at envs/{name} already.")
            os.rename(staged, name, src_dir_fd=top, dst_dir_fd=envs)
        else:
            _exchange(top, staged, envs, name)
            with suppress(OSError):  # what cannot go now goes with the next change
                _removed(top, staged)
    return {"renamed": renamed}


def _exchange(top: int, staged: str, envs: int, name: str) -> None:
    """Let two directories change places, in one step where the system can."""
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is not None:
        first, second = os.fsencode(staged), os.fsencode(name)
        if rename(top, first, envs, second, _RENAME_EXCHANGE) == 0:
            return
    aside = f"{staged}{_ASIDE}{name}"
    os.rename(name, aside, src_dir_fd=envs, dst_dir_fd=top)
    try:
        os.rename(staged, name, src_dir_fd=top, dst_dir_fd=envs)
    except OSError:
        os.rename(aside, name, src_dir_fd=top, dst_dir_fd=envs)
        raise
    os.rename(aside, staged, src_dir_fd=top, dst_dir_fd=top)


def relocate(directory: int, old: bytes, new: bytes, mark: int = 0) -> int:
    """Replace *old* by *new*, as long as it, in the files changed since *mark*.

    Text or not: nothing in a file moves. Files of several names are somebody else's
    too, and never have the path of one environment in them. Returns how many changed.
    """
    if len(old) != len(new):
        raise Refused("The environment cannot be moved: its path would get longer.")
    changed = 0
    with os.scandir(directory) as found:
        entries = list(found)
    for one in entries:
        about = one.stat(follow_symlinks=False)
        if stat.S_ISDIR(about.st_mode):
            with _opened(_below(directory, one.name)) as inner:
                changed += relocate(inner, old, new, mark)
        elif (
            stat.S_ISREG(about.st_mode)
            and about.st_nlink == 1
            and about.st_size >= len(old)
            and about.st_ctime_ns >= mark
        ):
            changed += _relocate_file(directory, one.name, about, old, new)
    return changed


def _relocate_file(
    directory: int, name: str, about: os.stat_result, old: bytes, new: bytes
) -> int:
    with _opened(os.open(name, _READ, dir_fd=directory)) as read:
        with mmap.mmap(read, 0, access=mmap.ACCESS_READ) as content:
            places, place = list[int](), content.find(old)
            while place >= 0:
                places.append(place)
                place = content.find(old, place + len(old))
        if not places:
            return 0
        mode = stat.S_IMODE(about.st_mode)
        if not mode & stat.S_IWUSR:
            os.fchmod(read, mode | stat.S_IWUSR)
        flags = os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC
        with _opened(os.open(name, flags, dir_fd=directory)) as write:
            for place in places:
                os.pwrite(write, new, place)
            if not mode & stat.S_IWUSR:
                os.fchmod(write, mode)
            os.utime(write, ns=(about.st_atime_ns, about.st_mtime_ns))
    return 1


def drop(project: str, staged: str) -> None:
    """Remove *staged*, which came to nothing."""
    with _opened(_project(project)) as top:
        _removed(top, staged)


def withdraw(project: str, name: str, staged: str) -> None:
    """Take environment *name* out of sight, then off the disk."""
    with _opened(_project(project)) as top, _opened(_below(top, "envs")) as envs:
        if not _exists(envs, name):
            raise Refused(f"There is no environment “{name}”.")
        os.rename(name, staged, src_dir_fd=envs, dst_dir_fd=top)
        _removed(top, staged)


def move(source: str, target: str, prefix: str) -> dict[str, int]:
    """Make an environment made at *source* one for *prefix*, and put it at *target*.

    All of it is the node's own: nobody else reaches these places.
    """
    with _opened(os.open(source, _DIRECTORY)) as tree:
        renamed = relocate(tree, os.fsencode(source), os.fsencode(prefix))
    os.rename(source, target)
    return {"renamed": renamed}


def kernels(directory: str, specs: dict[str, str]) -> None:
    """Let Jupyter, whose private *directory* it is, see exactly these kernels.

    :param specs: the text of the ``kernel.json`` of each environment, by name.
    """
    with _opened(os.open(directory, _DIRECTORY)) as private:
        with suppress(FileExistsError):
            os.mkdir("kernels", 0o700, dir_fd=private)
        with _opened(_below(private, "kernels")) as place:
            for name in set(os.listdir(place)) - specs.keys():
                _removed(place, name)
            for name, text in specs.items():
                _write_spec(place, name, text.encode())


def _write_spec(place: int, name: str, text: bytes) -> None:
    with suppress(FileExistsError):
        os.mkdir(name, 0o700, dir_fd=place)
    with _opened(_below(place, name)) as directory:
        beside = f".kernel.{os.getpid()}"
        _removed(directory, beside)
        with _opened(os.open(beside, _NEW, 0o600, dir_fd=directory)) as file:
            os.write(file, text)
        os.rename(beside, "kernel.json", src_dir_fd=directory, dst_dir_fd=directory)


VERBS: dict[str, Callable[..., Any]] = {
    "copy": copy,
    "clear": clear,
    "end": end,
    "drop": drop,
    "withdraw": withdraw,
    "move": move,
    "kernels": kernels,
}


def main(verb: str, arguments: str) -> int:
    """Do it; return the exit status."""
    try:
        answer = {"result": VERBS[verb](**json.loads(arguments))}
    except Refused as error:
        answer = {"error": str(error), "kind": "refused"}
    except OSError as error:
        full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        what = f"{error.strerror}: {error.filename}"
        answer = {"error": what, "kind": "full" if full else "disk"}
    sys.stdout.write(json.dumps(answer) + "\n")
    return 0 if "result" in answer else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
