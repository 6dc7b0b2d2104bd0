"""From a command line to a running platform, and back to nothing."""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from types import FrameType

from attrs import frozen

from aen.local import disk, first_run, readiness
from aen.local.installation import (
    ADMINISTRATOR,
    Installation,
    check_accounts,
    check_installation,
)
from aen.local.ports import check_ports
from aen.local.supervision import Platform
from aen.model.errors import AenError, Failed

Say = Callable[[str], None]

_POLL = 0.3


@frozen
class Restarts:
    """How often a killed supervisord is started again before we give up."""

    most: int = 5
    within: float = 60.0
    """Seconds."""


def run(platform: Platform, wished_password: str, say: Say) -> None:
    """Bring the platform up and keep it up until a signal asks for its end.

    :raises AenError: it cannot be brought up, or does not stay up; says why.
    """
    one = platform.one
    check_installation(one)
    check_accounts(one, os.geteuid())
    disk.make_folders(one)
    with disk.held(one.lock), _stoppable():
        disk.check_place(one)
        platform.clear()
        check_ports(one)
        try:
            welcome = bring_up(platform, wished_password, say)
            say(greeting(one, welcome))
            watch(platform, say, Restarts())
        except KeyboardInterrupt:
            say("Stopping everything …")
        finally:
            with _undisturbed():
                stop(platform, say)
    say("Stopped.")


def prepare(platform: Platform, say: Say) -> None:
    """Make the folders, settings and commands of an installation; start nothing.

    What a backup is restored into: `run` would make accounts and keys of its own.

    :raises AenError: it cannot be, or runs at the moment.
    """
    one = platform.one
    check_installation(one)
    check_accounts(one, os.geteuid())
    disk.make_folders(one)
    with disk.held(one.lock):
        disk.check_place(one)
        disk.write_settings(one)
        disk.write_programs(one, platform.programs)
    say(
        f"{one.prefix} is prepared, and nothing is started. Restore a backup:"
        f" {one.programs}/aen-server-admin restore FILE"
    )


def stop(platform: Platform, say: Say) -> None:
    """End everything; what goes wrong is said and hides no earlier error."""
    try:
        platform.stop()
    except Failed as failure:
        say(explain(failure))


def bring_up(platform: Platform, wished_password: str, say: Say) -> str | None:
    """Start everything; return what the person must be told the first time.

    :raises Failed: a part did not come up or a command did not succeed.
    """
    one, programs = platform.one, platform.programs
    new = not disk.is_registered(one)
    if new:
        say("Making a new installation …")
    elif wished_password:
        say(f"ADMIN_PASSWORD is for the first run; “{ADMINISTRATOR}” keeps theirs.")
    password = first_run.choose_password(one, wished_password) if new else ""
    disk.write_settings(one)
    disk.write_programs(one, programs)
    disk.write_supervisor(one, programs, complete=not new)
    platform.start()
    _wait(platform, readiness.server_health(one))
    if new:
        first_run.register(platform, password)
        disk.write_supervisor(one, programs, complete=True)
        platform.update()
    _wait(platform, readiness.gateway_health(one))
    if not new:
        return None
    first_run.finish(one)
    return first_run.welcome(one, password)


def _wait(platform: Platform, url: str) -> None:
    readiness.wait_for([url], readiness.logs(platform.one), platform.is_up)


def greeting(one: Installation, welcome: str | None) -> str:
    """Return what is printed when everything is up."""
    lines = [f"AEN is ready: {one.url}", *([welcome] if welcome else [])]
    return "\n".join([*lines, "Ctrl-C stops everything."])


def watch(platform: Platform, say: Say, allowed: Restarts) -> None:
    """Start supervisord again whenever it is killed, until a signal interrupts.

    :raises Failed: it does not stay up.
    """
    times: list[float] = []
    while True:
        time.sleep(_POLL)
        if platform.is_up():
            continue
        now = time.monotonic()
        times = [one for one in times if one > now - allowed.within]
        if len(times) >= allowed.most:
            said = readiness.last_words([platform.one.supervisor_log])
            raise Failed("supervisord does not stay up:", log=said)
        times.append(now)
        say("supervisord has ended; starting it again …")
        platform.start()


@contextlib.contextmanager
def _stoppable() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end the run the way Ctrl-C does."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    with _answered((signal.SIGINT, signal.SIGTERM, signal.SIGHUP), interrupt):
        yield


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Finish stopping even when the person presses Ctrl-C again."""
    with _answered((signal.SIGINT, signal.SIGTERM, signal.SIGHUP), signal.SIG_IGN):
        yield


@contextlib.contextmanager
def _answered(
    numbers: tuple[signal.Signals, ...],
    answer: Callable[[int, FrameType | None], None] | signal.Handlers,
) -> Iterator[None]:
    before = {number: signal.signal(number, answer) for number in numbers}
    try:
        yield
    finally:
        for number, answered in before.items():
            signal.signal(number, answered)


def explain(error: AenError) -> str:
    """Return an error as a person reads it, its log lines below it."""
    log = error.log if isinstance(error, Failed) else ()
    return "\n".join([error.message, *log])


def say(text: str) -> None:
    """Tell the person, at once even through a pipe."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
