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
import stat
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from aen.compute.environments.copying import (
    DIRECTORY,
    LOCK,
    NEW,
    READ,
    Copier,
    Refused,
    below,
    exists,
    opened,
    remove,
)

STAGED = ".aen-"
"""Environments that are being made have names that begin so, in the project itself."""
BASE = "_aen-"
"""Clones of a template that become copies are environments with names that begin so."""
_ASIDE = ".old."  # between what takes the place of an environment and its name
_RENAME_EXCHANGE = 2  # renameat2(2)


def _project(project: str) -> int:
    try:
        return os.open(project, DIRECTORY)
    except OSError as error:
        why = error.strerror
        raise Refused(f"The project's directory cannot be opened: {why}.") from None


def copy(
    project: str, source: str, name: str, staged: str, base: str = ""
) -> dict[str, int]:
    """Copy environment *source* to *staged* in the project, to be used as *name*.

    ``mark`` of the result is for `end`: what changes later has a later time.

    :param base: an environment that becomes the copy; the files it has in common with
        *source*, both being clones of one template, need no copying.
    """
    same = source == name
    paths = (f"{project}/envs/{source}", f"{project}/envs/{name}")
    copier = Copier(None if same else paths)
    with (
        opened(_project(project)) as top,
        opened(below(top, "envs")) as envs,
        opened(below(envs, source)) as read,
    ):
        if base:
            os.rename(base, staged, src_dir_fd=envs, dst_dir_fd=top)
        else:
            os.mkdir(staged, 0o777, dir_fd=top)
        with opened(below(top, staged)) as target:
            copier.tree(read, target)
            mark = _now(target)
    return {"mark": mark, "shared": copier.shared, "copied": copier.copied}


def _now(directory: int) -> int:
    """Return the time of the file system itself, in nanoseconds."""
    name = f".mark-{os.getpid()}"
    os.close(os.open(name, NEW, 0o600, dir_fd=directory))
    last = os.stat(name, dir_fd=directory).st_ctime_ns
    os.unlink(name, dir_fd=directory)
    return last


def clear(project: str, keep: list[str], free: str = "") -> None:
    """Remove what changes that broke off have left in the project.

    :param keep: what changes that are under way have staged.
    :param free: the name of an environment that must not be there.
    """
    with opened(_project(project)) as top:
        for name in set(os.listdir(top)) - set(keep):
            if not name.startswith(STAGED) or _put_back(top, name):
                continue
            with suppress(OSError):  # another member's: it is only in the way
                remove(top, name)
        with opened(below(top, "envs")) as envs:
            for name in os.listdir(envs):
                if name.startswith(BASE) and f".{name[1:]}" not in keep:
                    with suppress(OSError):
                        remove(envs, name)
            if free and exists(envs, free):
                raise Refused(f"There is something at envs/{free} already.")


def _put_back(top: int, name: str) -> bool:
    """Put back an environment that was on its way out when all broke off."""
    _, aside, place = name.partition(_ASIDE)
    if not aside:
        return False
    with opened(below(top, "envs")) as envs:
        if exists(envs, place):
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
    with opened(_project(project)) as top, opened(below(top, "envs")) as envs:
        with opened(below(top, staged)) as tree:
            remove(tree, LOCK)
            renamed = relocate(
                tree,
                os.fsencode(f"{project}/{staged}"),
                os.fsencode(f"{project}/envs/{name}"),
                mark,
            )
        if new:
            if exists(envs, name):
                raise Refused(f"There is something at envs/{name} already.")
            os.rename(staged, name, src_dir_fd=top, dst_dir_fd=envs)
        else:
            _exchange(top, staged, envs, name)
            with suppress(OSError):  # what cannot go now goes with the next change
                remove(top, staged)
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
            with opened(below(directory, one.name)) as inner:
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
    with opened(os.open(name, READ, dir_fd=directory)) as read:
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
        with opened(os.open(name, flags, dir_fd=directory)) as write:
            for place in places:
                os.pwrite(write, new, place)
            if not mode & stat.S_IWUSR:
                os.fchmod(write, mode)
            os.utime(write, ns=(about.st_atime_ns, about.st_mtime_ns))
    return 1


def drop(project: str, staged: str) -> None:
    """Remove *staged*, which came to nothing."""
    with opened(_project(project)) as top:
        remove(top, staged)


def withdraw(project: str, name: str, staged: str) -> None:
    """Take environment *name* out of sight, then off the disk."""
    with opened(_project(project)) as top, opened(below(top, "envs")) as envs:
        if not exists(envs, name):
            raise Refused(f"There is no environment “{name}”.")
        os.rename(name, staged, src_dir_fd=envs, dst_dir_fd=top)
        remove(top, staged)


def move(source: str, target: str, prefix: str) -> dict[str, int]:
    """Make an environment made at *source* one for *prefix*, and put it at *target*.

    All of it is the node's own: nobody else reaches these places.
    """
    with opened(os.open(source, DIRECTORY)) as tree:
        renamed = relocate(tree, os.fsencode(source), os.fsencode(prefix))
    os.rename(source, target)
    return {"renamed": renamed}


def kernels(directory: str, specs: dict[str, str]) -> None:
    """Let Jupyter, whose private *directory* it is, see exactly these kernels.

    :param specs: the text of the ``kernel.json`` of each environment, by name.
    """
    with opened(os.open(directory, DIRECTORY)) as private:
        with suppress(FileExistsError):
            os.mkdir("kernels", 0o700, dir_fd=private)
        with opened(below(private, "kernels")) as place:
            for name in set(os.listdir(place)) - specs.keys():
                remove(place, name)
            for name, text in specs.items():
                _write_spec(place, name, text.encode())


def _write_spec(place: int, name: str, text: bytes) -> None:
    with suppress(FileExistsError):
        os.mkdir(name, 0o700, dir_fd=place)
    with opened(below(place, name)) as directory:
        beside = f".kernel.{os.getpid()}"
        remove(directory, beside)
        with opened(os.open(beside, NEW, 0o600, dir_fd=directory)) as file:
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
