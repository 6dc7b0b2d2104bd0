"""Notes of who has which notebook open, in a folder that a project's team shares.

A launch gives each Jupyter a copy of this file, whose interpreter has none of our
modules: it imports nothing but the standard library.
"""

import json
import os
import pwd
import stat
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

FOLDER = ".aen-opened"
"""Below the project's folder; the files app shows it to nobody."""
FRESH = 150.0
"""Seconds a note counts; browsers let pages in the background ask once a minute."""
AT_ONCE = 64
_LONGEST = 64 * 1024
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class Board:
    """What one Jupyter notes for its user, and reads of the others."""

    def __init__(self, project: Path, user: str, app: str) -> None:
        self._project = project
        self._user = user
        self._own = f"{user}.{app}.json"
        self._open: dict[str, float] = {}

    def note(self, opened: Iterable[str], closed: Iterable[str] = ()) -> None:
        """Note what is open in the browsers of our user, and what is no more."""
        before, now = self._open, time.time()  # noqa: TID251 -- files' own clock
        gone = set(closed)
        seen = before | dict.fromkeys(opened, now)
        self._open = {
            path: when
            for path, when in seen.items()
            if path not in gone and now - when < FRESH
        }
        if self._open or before:
            with suppress(OSError):  # a full disk, say: then nobody is told
                self._write()

    def others(self) -> dict[str, list[str]]:
        """Return who else has what open: names by path."""
        found: dict[str, set[str]] = {}
        with suppress(OSError), self._folder() as folder:
            with os.scandir(folder) as notes:
                names = sorted(one.name for one in notes)
            for name in names[:AT_ONCE]:
                user, paths = _read(folder, name)
                if user != self._user:
                    for path in paths:
                        found.setdefault(path, set()).add(user)
        return {path: sorted(users) for path, users in found.items()}

    @contextmanager
    def _folder(self, *, make: bool = False) -> Iterator[int]:
        project = os.open(self._project, os.O_RDONLY | os.O_DIRECTORY)
        try:
            if make:
                with suppress(FileExistsError):
                    os.mkdir(FOLDER, 0o770, dir_fd=project)
            folder = os.open(FOLDER, _FOLDER, dir_fd=project)
        finally:
            os.close(project)
        try:
            yield folder
        finally:
            os.close(folder)

    def _write(self) -> None:
        with self._folder(make=True) as folder:
            if not os.access(".gitignore", os.F_OK, dir_fd=folder):
                _put(folder, ".gitignore", "*\n")
            if self._open:
                said = {"user": self._user, "paths": sorted(self._open)}
                _put(folder, self._own, json.dumps(said))
            else:
                os.unlink(self._own, dir_fd=folder)


def _put(folder: int, name: str, text: str) -> None:
    """Write a file whole, in place of whatever has its name."""
    beside = f".{name}.{os.getpid()}"
    with suppress(FileNotFoundError):
        os.unlink(beside, dir_fd=folder)  # of a process that was killed
    with os.fdopen(os.open(beside, _NEW, 0o660, dir_fd=folder), "w") as file:
        file.write(text)
    os.rename(beside, name, src_dir_fd=folder, dst_dir_fd=folder)


def _read(folder: int, name: str) -> tuple[str, list[str]]:
    """Return whose note something is, and what they have open; empty: it is none."""
    if name.startswith("."):
        return "", []
    try:
        with os.fdopen(os.open(name, _READ, dir_fd=folder), "rb") as file:
            about = os.fstat(file.fileno())
            if not stat.S_ISREG(about.st_mode):
                return "", []
            said = json.loads(file.read(_LONGEST))
        age = time.time() - about.st_mtime  # noqa: TID251 -- files' own clock
        if abs(age) >= FRESH:
            return "", []
        # Where people have accounts, nobody speaks for another.
        ours = about.st_uid == os.getuid()
        user = str(said["user"]) if ours else pwd.getpwuid(about.st_uid).pw_name
        return user, [str(one) for one in said["paths"]]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return "", []
