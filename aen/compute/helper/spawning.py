"""Apps and tools as a person: in a session, control groups and rights of their own.

The child gives up root before it looks at anything of the person's. It goes on as the
app's supervisor: all that it needs is imported here, because the interpreter's own
files may be out of a person's reach.
"""

import os
import select
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from aen.compute.disk.walk import Refused, opened
from aen.compute.helper import supervise
from aen.compute.helper.accounts import Account, become
from aen.compute.helper.cgroups import NO_LIMIT, Cgroups, Limit, rlimits
from aen.compute.helper.ending import end
from aen.compute.helper.persons import write_files
from aen.compute.helper.private import Record, Runtime
from aen.compute.helper.processes import Root, boot_id, read_process

EXIT = "exit"
"""Where the supervisor leaves the app's exit status: a person's word, no more."""
_READY, _GO = b"+", b"!"
_LONGEST_LINE = 4096  # characters of a tool's output
_PATIENCE = 3.0  # seconds that a tool has after it was asked to end


@dataclass(frozen=True)
class Wanted:
    """One launch, all of it checked."""

    launch: str
    project: str
    argv: tuple[str, ...]
    environment: dict[str, str]
    files: dict[str, str]
    directory: str
    limits: dict[str, Limit]


@dataclass(frozen=True)
class Place:
    """Where launches go on this machine, and who runs them."""

    runtime: Runtime
    groups: Cgroups
    service: int
    """The uid of the service, which opens the sockets."""


def start(place: Place, account: Account, wanted: Wanted, output: int) -> Root:
    """Start an app for *account* and return its supervisor, our own child.

    :param output: the descriptor that its output goes to.

    :raises Refused: it could not be started; nothing is left of it.
    """
    runtime, launch, project = place.runtime, wanted.launch, wanted.project
    directory = runtime.make(launch, account.uid, place.service)
    try:
        with opened(directory):
            about = (account.name, account.uid, account.gid, project, boot_id())
            runtime.write(launch, Record(*about))
            groups = place.groups.make(project, launch, wanted.limits)
            child = _Child(account, wanted, directory, groups, place.groups.flavour())

            def remember(pid: int) -> Root:
                found = read_process(pid)
                root = Root(pid, found.started if found else 0)
                runtime.write(launch, Record(*about, root.pid, root.started))
                return root

            return child.start(output, remember)
    except BaseException:
        end(runtime, place.groups, launch)
        runtime.forget(launch)
        place.groups.remove(project, launch)
        raise


class _Child:
    """What becomes a launch's supervisor."""

    def __init__(
        self,
        account: Account,
        wanted: Wanted,
        directory: int,
        groups: list[str],
        flavour: str,
    ) -> None:
        self._account = account
        self._wanted = wanted
        self._directory = directory
        self._groups = groups
        self._limits = rlimits(wanted.limits.get("app", NO_LIMIT), flavour)

    def start(self, output: int, remember: Callable[[int], Root]) -> Root:
        """Let it run once it is a person's, in its place, and remembered.

        If we are killed before that, it does not run.

        :raises Refused: it did not come that far.
        """
        reading, writing = os.pipe2(os.O_CLOEXEC)
        waiting, going = os.pipe2(os.O_CLOEXEC)
        sys.stdout.flush()
        pid = os.fork()
        if pid == 0:
            os.close(going)
            self._live(writing, waiting, output)
        os.close(writing)
        os.close(waiting)
        try:
            with opened(reading), opened(going):
                said = os.read(reading, 4096)
                if said == _READY:
                    root = remember(pid)
                    os.write(going, _GO)
                    return root
        except BaseException:  # our time may be over: what it does may take for ever
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            raise
        os.waitpid(pid, 0)
        raise Refused(said.decode("utf-8", "replace") or "The app did not start.")

    def _live(self, writing: int, waiting: int, output: int) -> NoReturn:
        status = 1
        try:
            os.setsid()
            supervise.join(self._groups)
            self._cut_off(output, {writing, waiting, self._directory})
            become(self._account)
            os.umask(0o007)
            write_files(self._directory, self._wanted.files)
            self._enter()
            os.write(writing, _READY)
            os.close(writing)
            writing = -1
            if os.read(waiting, 1) == _GO:
                os.close(waiting)
                status = supervise.main(
                    self._wanted.directory, self._limits, self._wanted.argv
                )
                self._note(status)
        except (OSError, Refused) as error:
            if writing >= 0:
                os.write(writing, f"The app did not start: {error}.".encode()[:4000])
        finally:
            os._exit(status)

    def _cut_off(self, output: int, kept: set[int]) -> None:
        """Leave nothing of the helper: no input, no files, no signals, no variables."""
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.dup2(nothing, 0)
        low = 3
        for one in sorted(kept):
            os.closerange(low, one)
            low = one + 1
        os.closerange(low, os.sysconf("SC_OPEN_MAX"))
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGPIPE):
            signal.signal(number, signal.SIG_DFL)
        os.environ.clear()
        os.environ.update(self._wanted.environment)

    def _enter(self) -> None:
        try:
            os.chdir(self._wanted.directory)
        except OSError as error:
            raise Refused(
                f"“{self._account.name}” cannot enter {self._wanted.directory}:"
                f" {error.strerror}; start the project again"
            ) from None
        os.chdir("/")

    def _note(self, status: int) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        file = os.open(EXIT, flags | os.O_CLOEXEC, 0o640, dir_fd=self._directory)
        with opened(file):
            os.write(file, str(status).encode())


def run_tool(
    place: Place, account: Account, wanted: Wanted, hear: Callable[[str], None]
) -> int:
    """Run a program to its end and return its exit status.

    It ends before that when whoever asked goes away (our input ends), or when its
    time is over (an exception from a signal). Nothing of it is left then.

    :param hear: called with each line that it prints.
    """
    reading, writing = os.pipe2(os.O_CLOEXEC)
    with opened(reading):
        with opened(writing):
            root = start(place, account, wanted, writing)
        try:
            _listen(reading, hear)
        finally:
            status = _reap(root.pid)
            end(place.runtime, place.groups, wanted.launch)
            place.groups.remove(wanted.project, wanted.launch)
            place.runtime.forget(wanted.launch)
    return status


def _listen(reading: int, hear: Callable[[str], None]) -> None:
    """Hand on lines until the program has closed its output or nobody listens."""
    rest = b""
    watched = [reading, 0]
    while True:
        ready = select.select(watched, (), ())[0]
        if 0 in ready and not os.read(0, 4096):
            return
        if reading not in ready:
            continue
        part = os.read(reading, 65536)
        *whole, rest = (rest + part).split(b"\n")
        rest = rest[:_LONGEST_LINE]
        for line in whole if part else [*whole, rest]:
            text = line.decode("utf-8", "replace").rstrip()
            if text or part:
                hear(text[:_LONGEST_LINE])
        if not part:
            return


def _reap(pid: int) -> int:
    """Return the exit status of our child, killed if it does not end when asked."""
    os.kill(pid, signal.SIGTERM)  # in vain if it has ended: it is still our child
    descriptor = os.pidfd_open(pid)
    with opened(descriptor):
        if not select.select([descriptor], (), (), _PATIENCE)[0]:
            os.kill(pid, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return code if code >= 0 else 128 - code
