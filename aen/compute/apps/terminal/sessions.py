"""Which processes belong to a session, from /proc, and signals to all of them."""

import os
import signal
from pathlib import Path

PROC = Path("/proc")
_SESSION = 3
"""Place of the session's number in proc_pid_stat(5), after the name."""


def members(session: int, proc: Path = PROC) -> list[int]:
    """Return the processes of *session* that are there now, the zombies left out."""
    found = []
    for entry in proc.iterdir():
        if entry.name.isdecimal():
            state, number = _state(entry)
            if number == session and state not in "ZX":
                found.append(int(entry.name))
    return found


def _state(entry: Path) -> tuple[str, int]:
    """Return a process's state and session; one that is gone is in none."""
    try:
        text = (entry / "stat").read_text("ascii", "replace")
    except OSError:
        return "X", 0
    # The name, in parentheses, may itself have blanks and parentheses.
    fields = text[text.rindex(")") + 2 :].split()
    return fields[0], int(fields[_SESSION])


def signal_session(session: int, number: signal.Signals) -> None:
    """Send a signal to every process of *session* that we may signal."""
    for pid in members(session):
        try:
            os.kill(pid, number)
        except (ProcessLookupError, PermissionError):
            continue
