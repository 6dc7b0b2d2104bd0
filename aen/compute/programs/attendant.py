"""The helper as the node asks it: by an attendant that stays, for many requests.

It is started when it is first needed and again when it is gone. Where it cannot be had,
or has as much to do as it may, a request is a call by itself, with the same meaning.
"""

import json
import os
from collections.abc import Mapping
from socket import AF_UNIX, socketpair
from typing import Any

from attrs import frozen
from twisted.application.service import Service
from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IReactorSocket
from twisted.internet.protocol import Factory, ProcessProtocol
from twisted.logger import Logger
from typing_extensions import override

from aen.compute.programs.attendant_line import AttendantLine
from aen.compute.programs.children import Ended, IReactorChildren, OnLine, encoded, run
from aen.compute.programs.steps import Answer, HelperCall, Tell, no_output, unheard

MOST = 32
"""Requests at once; others are calls by themselves."""
_MOST_SAID = 64 * 1024  # bytes
_GREETING = 20.0
"""Seconds in which an attendant must be up."""
_AGAIN = 60.0
"""Seconds after which one that could not be had is tried again."""


class IReactorHelper(IReactorChildren, IReactorSocket):
    """A reactor that starts processes, takes over sockets and keeps time."""


class _Program(ProcessProtocol):
    """The attendant's process: what it says besides is for the log."""

    _log = Logger()

    def __init__(self) -> None:
        self._left = _MOST_SAID

    def errReceived(self, data: bytes) -> None:
        if self._left > 0:
            text = data[: self._left].decode("utf-8", "replace").strip()
            self._left -= len(data)
            self._log.warn("the helper says: {text}", text=text)


class Attendant(Service):
    """The helper's verbs; ends with the node."""

    _log = Logger()

    def __init__(self, reactor: IReactorHelper, call: HelperCall) -> None:
        self._reactor = reactor
        self._call = call
        self._line: AttendantLine | None = None
        self._not_before = 0.0
        self._shut = False

    async def ask(
        self,
        verb: str,
        arguments: Mapping[str, Any],
        seconds: float,
        tell: Tell = unheard,
        *,
        errors: int | None = None,
    ) -> Any:
        """Ask the helper for one verb and return its result.

        :param seconds: after which nobody waits any more.
        :param errors: the descriptor that takes the errors, for verbs that need one.
        :raises Failed: with what went wrong and what to do.
        """
        answer = Answer(tell, no_output)
        request = json.dumps({"verb": verb, **arguments}).encode()
        ended = await self._attended(request, errors, answer.line, seconds)
        if ended is None:
            command = self._call.command(verb, arguments, seconds, errors=errors)
            ended = await run(self._reactor, command, answer.line)
        return answer.result(verb, ended)

    async def _attended(
        self, request: bytes, errors: int | None, on_line: OnLine, seconds: float
    ) -> Ended | None:
        """Return how a request ended; None: it is to be a call by itself."""
        while (line := self._found()) is not None:
            if errors is not None and not line.passes:
                return None
            ended = await line.ask(request, errors, on_line, seconds)
            if ended is not None:
                return ended
        return None

    def _found(self) -> AttendantLine | None:
        """Return an attendant that takes another request; started if need be."""
        if self._shut or self._reactor.seconds() < self._not_before:
            return None
        if self._line is None:
            self._line = self._started()
        line = self._line
        return line if line is not None and line.under_way < MOST else None

    def _started(self) -> AttendantLine | None:
        """Return a new attendant; what it is asked waits until it is up."""
        line = AttendantLine(self._reactor, self._gone)
        command = self._call.command("attend", {}, _GREETING)
        ours, theirs = socketpair()
        with ours, theirs:
            ours.setblocking(False)
            factory: Any = Factory.forProtocol(lambda: line)
            self._reactor.adoptStreamConnection(ours.fileno(), AF_UNIX, factory)
            try:
                self._reactor.spawnProcess(
                    _Program(),
                    command.argv[0],
                    [os.fsencode(one) for one in command.argv],
                    encoded(command.environment),
                    str(command.directory),
                    childFDs={0: theirs.fileno(), 1: theirs.fileno(), 2: "r"},
                )
            except OSError:  # a call by itself says so in words
                line.abort()
                return None
        line.begin(command.input, _GREETING)
        return line

    def _gone(self, why: str) -> None:
        self._line = None
        if why:
            self._not_before = self._reactor.seconds() + _AGAIN
            self._log.warn(
                "the helper does not stay, each request is a call: {why}", why=why
            )

    @override
    def stopService(self) -> Deferred[None]:
        super().stopService()
        self._shut = True
        line, self._line = self._line, None
        return succeed(None) if line is None else line.close()


@frozen
class HelperSteps:
    """Each step by the helper; its verbs are those of `aen.compute.helper.verbs`."""

    helper: Attendant
    timeout: float

    async def run(
        self, verb: str, arguments: Mapping[str, Any], tell: Tell = unheard
    ) -> Any:
        """Do one step and return its result.

        :raises Failed: with what went wrong and what to do.
        """
        return await self.helper.ask(verb, arguments, self.timeout, tell)
