"""Logs of apps: private files of bounded size, and their last lines for people."""

import os
import re
import stat
from pathlib import Path

from aen.model.errors import Failed

# Escape sequences of terminals (ECMA-48 section 5.4), then any other control.
_ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[@-_]|[\x00-\x08\x0b-\x1f\x7f]")
_TAIL_BYTES = 32 * 1024
_LONGEST_LINE = 500


def log_path(logs: Path, owner: str, project: str, user: str, app: str) -> Path:
    """Return where the output of an app goes."""
    return logs / "appLogs" / owner / project / user / f"{app}.log"


def open_log(path: Path, limit: int) -> int:
    """Return a descriptor that appends to the log at *path*.

    A log that has grown beyond *limit* bytes is put aside as ``….log.1`` first.

    :raises Failed: it cannot be written.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > limit:
            path.replace(path.with_name(path.name + ".1"))
        return os.open(path, flags, 0o600)
    except OSError as error:
        raise Failed(f"The log {path} cannot be written: {error.strerror}.") from None


def bound_log(path: Path, limit: int) -> None:
    """Cut the log of a running app that has grown beyond *limit* bytes.

    The app goes on writing at the new end: its descriptor appends.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return
    with os.fdopen(descriptor, "r+b") as file:
        about = os.fstat(file.fileno())
        if about.st_size <= limit or not stat.S_ISREG(about.st_mode):
            return
        file.seek(-min(limit, _TAIL_BYTES), os.SEEK_END)
        last = file.read(_TAIL_BYTES)
        aside = path.with_name(path.name + ".1")
        aside.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        with os.fdopen(os.open(aside, flags, 0o600), "wb") as kept:
            kept.write(last)
        file.truncate(0)


def read_tail(path: Path, start: int, lines: int) -> tuple[str, ...]:
    """Return the last *lines* that were written after *start*, fit for a page."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            begin = start if start <= size else 0  # it was cut since
            file.seek(max(begin, size - _TAIL_BYTES))
            content = file.read(_TAIL_BYTES)
    except OSError:
        return ()
    text = _ESCAPES.sub("", content.decode("utf-8", "replace").replace("\r\n", "\n"))
    kept = [line.rstrip() for line in text.split("\n") if line.strip()]
    return tuple(line[:_LONGEST_LINE] for line in kept[-lines:])
