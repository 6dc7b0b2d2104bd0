"""Programs at whose pipes a project's files go through: read and fed by the piece.

Neither side is ever ahead of the other by more than a few pieces: a pipe that nobody
reads is not read on, and what a program has not taken yet is waited for.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from attrs import frozen
from twisted.internet.defer import Deferred
from twisted.internet.error import ProcessExitedAlready, ProcessTerminated
from twisted.internet.protocol import ProcessProtocol
from twisted.python.failure import Failure
from typing_extensions import override

from aen.compute.disk.freight import MAGIC
from aen.compute.programs.children import (
    Command,
    Ended,
    IReactorChildren,
    Output,
    encoded,
)
from aen.compute.programs.steps import Answer, ChildSteps, HelperCall, no_output
from aen.compute.programs.team import Team, people
from aen.model.errors import Failed
from aen.model.names import ProjectPath

_BEHIND = 2 * 1024 * 1024
"""Bytes that a program may be behind us, or ahead of us."""
_KEPT_LINES = 40
_PATIENCE = 10.0
"""Seconds in which a program ends by itself once its pipes are closed."""
_HELPER_SECONDS = 60.0


@frozen
class Pipes:
    """Which programs pack and unpack a project: our own, or the helper."""

    own: ChildSteps
    root: Path
    helper: HelperCall | None = None

    def send(self, path: ProjectPath, team: Team) -> Command:
        """Return the program that packs a project."""
        return self._command("send", path, team, {})

    def receive(self, path: ProjectPath, team: Team, staging: str) -> Command:
        """Return the program that unpacks one and puts it in its place."""
        return self._command("receive", path, team, {"staging": staging})

    def _command(
        self, verb: str, path: ProjectPath, team: Team, more: Mapping[str, str]
    ) -> Command:
        named = {"owner": path.owner, "name": path.name, **more}
        if self.helper is None:
            return self.own.command(verb, {"root": str(self.root), **named})
        given: dict[str, Any] = {**named, "team": people(team)}
        return self.helper.command(verb, given, _HELPER_SECONDS, attended=True)


class _Piping(ProcessProtocol):
    """A program whose lines say how it goes, and at last what came of it."""

    def __init__(self, verb: str) -> None:
        self._verb = verb
        self._answer = Answer(self._told, no_output)
        self._output = Output(self._answer.line, _KEPT_LINES)
        self._ended: Ended | None = None
        self._gone: list[Deferred[None]] = []
        self._process: Any = None
        self._waiting: Callable[[], None] = lambda: None
        """Looks whether what is waited for is there."""

    def start(self, reactor: IReactorChildren, command: Command) -> None:
        """Start the program.

        :raises Failed: the machine has no room for another process.
        """
        self._reactor = reactor
        argv = [one.encode() for one in command.argv]
        try:
            reactor.spawnProcess(
                self,
                command.argv[0],
                argv,
                encoded(command.environment),
                str(command.directory),
                childFDs={0: "w", 1: "r", 2: "r"},
            )
        except OSError as error:
            program = Path(command.argv[0]).name
            message = f"The node cannot start {program}: {error.strerror}."
            raise Failed(message) from None
        if command.input:
            self._process.write(command.input)

    @override
    def connectionMade(self) -> None:
        self._process = self.transport

    def _told(self, done: int, total: int) -> None:
        """Hear how many bytes it has taken."""

    @override
    def childDataReceived(self, childFD: int, data: bytes) -> None:
        self._output.feed(data, childFD)
        self._waiting()

    @override
    def processEnded(self, reason: Failure) -> None:
        self._output.end()
        ended = reason.value
        status = ended.exitCode if isinstance(ended, ProcessTerminated) else 0
        self._ended = Ended(status, self._output.last)
        self._waiting()
        gone, self._gone = self._gone, []
        for one in gone:
            one.callback(None)

    def _result(self) -> Any:
        assert self._ended is not None
        return self._answer.result(self._verb, self._ended)

    async def abort(self) -> None:
        """End the program, and wait until it has ended; it tidies up itself."""
        if self._ended is not None or self._process is None:
            return
        ended: Deferred[None] = Deferred()
        self._gone.append(ended)
        self._process.loseConnection()
        late = self._reactor.callLater(_PATIENCE, self._kill)
        await ended
        if late.active():
            late.cancel()

    def _kill(self) -> None:
        # what sudo runs is not ours to kill: it ends with its time
        with suppress(ProcessExitedAlready, PermissionError):
            self._process.signalProcess("KILL")

    def _when(self, there: Callable[[], bool]) -> Deferred[None]:
        """Return what fires once *there* is so, or the program has ended."""
        waiting: Deferred[None] = Deferred()

        def look() -> None:
            if not waiting.called and (self._ended is not None or there()):
                self._waiting = lambda: None
                waiting.callback(None)

        self._waiting = look
        look()
        return waiting


class Sending(_Piping):
    """A project that is packed, as far as somebody takes it."""

    def __init__(self) -> None:
        super().__init__("send")
        self._packed = bytearray()
        self._begun = False
        """Whether a piece has been taken; what is here is files' content then."""
        self._paused = False

    @override
    def childDataReceived(self, childFD: int, data: bytes) -> None:
        if childFD != 1:
            super().childDataReceived(childFD, data)
            return
        self._packed += data
        if len(self._packed) > _BEHIND and not self._paused:
            self._paused = True
            self._process.pauseProducing()
        self._waiting()

    @override
    def processEnded(self, reason: Failure) -> None:
        if not self._begun and not self._packed.startswith(MAGIC):
            self._output.feed(bytes(self._packed))  # it never began: it says why
        super().processEnded(reason)

    async def read(self, size: int) -> bytes:
        """Return the next *size* bytes; fewer at the end, at last none.

        :raises Failed: the project cannot be packed; says why.
        """
        await self._when(lambda: len(self._packed) >= size)
        if self._ended is not None:
            self._result()
        self._begun = True
        found = bytes(self._packed[:size])
        del self._packed[:size]
        if self._paused and len(self._packed) < size:
            self._paused = False
            self._process.resumeProducing()
        return found


class Receiving(_Piping):
    """A project that is unpacked, as fast as the disk takes it."""

    def __init__(self) -> None:
        super().__init__("receive")
        self._ready = False
        self._taken = 0
        self._given = 0

    @override
    def _told(self, done: int, total: int) -> None:
        self._ready = True
        self._taken = done

    async def ready(self) -> None:
        """Wait until it can be fed.

        :raises Failed: it cannot be.
        """
        await self._when(lambda: self._ready)
        self._demand()

    async def feed(self, content: bytes) -> None:
        """Give it *content*; wait until it has taken most of all it was given.

        :raises Failed: it takes no more; says why.
        """
        self._demand()
        self._given += len(content)
        self._process.write(content)
        await self._when(lambda: self._given - self._taken <= _BEHIND)
        self._demand()

    def _demand(self) -> None:
        if self._ended is not None:
            self._result()

    async def finish(self) -> Any:
        """Wait until all is unpacked and in its place; return what was.

        :raises Failed: it is not.
        """
        if self._ended is None:
            self._process.closeStdin()
        await self._when(lambda: False)
        return self._result()
