"""One line for each call: when, who, what, with which names, how it ended."""

import json
import os
import stat
import time
from collections.abc import Mapping

from aen.compute.disk.walk import Refused, opened
from aen.compute.helper.trust import open_trusted

_NAMES = (
    "launch", "launches", "keep", "user", "owner", "name", "project", "staging",
    "environment", "team", "before", "reset", "directory",
)  # fmt: skip
"""The arguments that are kept: never an environment, a file or a command line."""
_LONGEST = 100
_MOST = 64


def open_audit(path: str) -> int:
    """Return a descriptor that appends to the log at *path*, which is root's alone.

    :raises Refused: it cannot be written, or others could have put it there.
    """
    parent, _, name = path.rpartition("/")
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        with opened(open_trusted(parent, make=0o755)) as directory:
            log = os.open(name, flags | os.O_CLOEXEC, 0o600, dir_fd=directory)
    except OSError as error:
        raise Refused(f"{path}: cannot be written: {error.strerror}.") from None
    about = os.fstat(log)
    if about.st_uid != 0 or about.st_nlink != 1 or not stat.S_ISREG(about.st_mode):
        os.close(log)
        raise Refused(f"{path}: is not a file of root's; move it away.")
    return log


def line(
    moment: float, caller: str, request: Mapping[str, object], outcome: str
) -> str:
    """Return the line for one call; what it was given is shortened, never quoted raw.

    :param moment: in seconds since the epoch.
    """
    when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))
    verb = _short(request.get("verb", ""))
    names = {key: _short(request[key]) for key in _NAMES if key in request}
    return json.dumps(
        {"time": when, "caller": caller, "verb": verb, **names, "outcome": outcome}
    )


def _short(value: object) -> object:
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, str):
        return value[:_LONGEST]
    if isinstance(value, list):
        flat = ("…" if isinstance(one, list) else one for one in value[:_MOST])
        return [_short(one) for one in flat]
    if isinstance(value, dict) and set(value) == {"user", "access"}:
        return f"{_short(value['user'])}:{_short(value['access'])}"
    return "…"


def write(log: int, text: str) -> None:
    """Append one line; a full disk does not undo what was done."""
    try:
        os.write(log, text.encode() + b"\n")
    except OSError:
        os.write(2, b"the audit log cannot be written\n")
