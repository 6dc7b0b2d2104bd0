"""Runs one app and everything it starts, and ends when the app does.

A program of its own (``python -I -S supervise.py DIRECTORY LIMITS GROUPS -- ARGV…``),
or a child of the helper; standard library only. It is the app's session leader and its
"subreaper" (prctl(2)): whatever the app starts stays below it, however often it forks.
It outlives aen-compute.

SIGTERM is handed on to the app. When the app has ended, all that is left is killed.
"""

import ctypes
import os
import resource
import signal
import sys
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress

_PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h
_LONGEST_SWEEP = 10.0  # seconds
_PAUSE = 0.01
_POLITE = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGHUP})
"""What is handed on to the app."""


def _children() -> list[int]:
    """Return the pids whose parent we are."""
    own, found = os.getpid(), []
    for name in os.listdir("/proc"):
        if name.isdecimal():
            try:
                with open(f"/proc/{name}/stat", "rb") as file:
                    parent = int(file.read().rpartition(b")")[2].split()[1])
            except (OSError, ValueError, IndexError):
                continue
            if parent == own:
                found.append(int(name))
    return found


def _sweep() -> None:
    """Kill and reap until no child is left."""
    end = time.monotonic() + _LONGEST_SWEEP
    while time.monotonic() < end:
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        for pid in _children():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(_PAUSE)


def _limit(limits: str) -> None:
    """Set limits written as ``NOFILE=4096,CORE=0``."""
    for part in filter(None, limits.split(",")):
        name, _, number = part.partition("=")
        kind = getattr(resource, f"RLIMIT_{name}")
        hard = resource.getrlimit(kind)[1]
        wanted = int(number)
        if hard != resource.RLIM_INFINITY:
            wanted = min(wanted, hard)
        resource.setrlimit(kind, (wanted, wanted))


def _become(directory: str, limits: str, argv: Sequence[str]) -> None:
    """Be the app: never returns."""
    try:
        os.setpgid(0, 0)
        for number in (*_POLITE, signal.SIGPIPE, signal.SIGXFSZ):  # as Python sets them
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        _limit(limits)
        os.umask(0o007)
        os.chdir(directory)
        os.execvp(argv[0], list(argv))  # noqa: S606 -- no shell is what we want
    except OSError as error:
        text = f"{argv[0]} cannot be run in {directory}: {error.strerror}\n"
        os.write(2, text.encode("utf-8", "replace"))
    finally:
        os._exit(127)


def join(groups: Iterable[str]) -> None:
    """Enter control groups, which hold all that we start; one that is gone is none."""
    for group in groups:
        with suppress(OSError), open(f"{group}/cgroup.procs", "w") as file:
            file.write("0")


def main(directory: str, limits: str, argv: Sequence[str]) -> int:
    """Run *argv* and return its exit status, as a shell would tell it."""
    if os.getsid(0) != os.getpid():
        os.setsid()
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    # Until the app's pid is known a signal must wait.
    signal.pthread_sigmask(signal.SIG_BLOCK, _POLITE)
    app = os.fork()
    if app == 0:
        _become(directory, limits, argv)
    with suppress(OSError):  # it does so too; whoever is first
        os.setpgid(app, app)

    def hand_on(number: int, _: object) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(app, number)

    for number in _POLITE:
        signal.signal(number, hand_on)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _POLITE)
    while True:
        pid, status = os.waitpid(-1, 0)
        if pid == app:
            break
    _sweep()
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    join(filter(None, sys.argv[3].split(":")))
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[5:]))
