"""Names of workers, from which others on the machine see whether one still lives."""

import hashlib
import os
from collections.abc import Callable

_MACHINE = 12


def worker_name(machine: str, pid: int, token: str) -> str:
    """Return the name of the worker *pid* on *machine*; *token* makes it unique."""
    return f"{_short(machine)}-{pid}-{token}"


def gone_from(
    machine: str, alive: Callable[[int], bool] | None = None
) -> Callable[[str], bool]:
    """Return what tells whether a worker certainly does not live any more.

    Of workers on other machines nothing is certain: their leases have to end.
    """
    lives = alive or is_alive

    def gone(name: str) -> bool:
        where, _, rest = name.partition("-")
        pid = rest.partition("-")[0]
        return where == _short(machine) and pid.isdecimal() and not lives(int(pid))

    return gone


def is_alive(pid: int) -> bool:
    """Whether a process of that number exists on this machine."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _short(machine: str) -> str:
    return hashlib.sha256(machine.encode()).hexdigest()[:_MACHINE]
