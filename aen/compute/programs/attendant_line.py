"""The connection to an attendant of the helper: requests out, pieces of answers in."""

import json
import os
import re
from collections.abc import Callable, Iterator
from typing import Any

from attrs import define, field, frozen
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.internet.protocol import Protocol
from twisted.python.failure import Failure
from typing_extensions import override

from aen.compute.programs.children import Ended, OnLine, Output

_LONGEST_HEAD = 64  # bytes
_LONGEST_GREETING = 4096
_KEPT = 40
_HEAD = re.compile(rb"([0-9]{1,15}) (=?)(-?[0-9]{1,9})", re.ASCII)
_BYE = b"bye"


class Broken(Exception):
    """What came is not what an attendant says."""


@frozen
class Piece:
    """A part of what a request's child says."""

    number: int
    content: bytes


@frozen
class End:
    """How a request's child ended: its exit status; None: it was killed."""

    number: int
    status: int | None


@frozen
class Bye:
    """The attendant ends; it has not read what is not under way."""


Frame = Piece | End | Bye


class Frames:
    """Takes apart what an attendant says."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self._number = 0
        self._missing = 0
        """Bytes of a piece that are still to come."""

    def feed(self, data: bytes) -> Iterator[Frame]:
        """Yield what is whole by *data*; of pieces what has come of them.

        :raises Broken: it is something else.
        """
        self._rest += data
        while self._rest:
            if self._missing:
                content = bytes(self._rest[: self._missing])
                del self._rest[: len(content)]
                self._missing -= len(content)
                yield Piece(self._number, content)
                continue
            head, found, _ = self._rest.partition(b"\n")
            if not found and len(head) < _LONGEST_HEAD:
                return
            del self._rest[: len(head) + 1]
            if (frame := self._begun(bytes(head))) is not None:
                yield frame

    def _begun(self, head: bytes) -> Frame | None:
        if head == _BYE:
            return Bye()
        found = _HEAD.fullmatch(head)
        if found is None or len(head) > _LONGEST_HEAD:
            raise Broken(f"“{head[:_LONGEST_HEAD]!r}” is nothing that it may say")
        number, value = int(found[1]), int(found[3])
        if found[2]:
            return End(number, value if value >= 0 else None)
        if value <= 0:
            raise Broken("there are no empty pieces")
        self._number, self._missing = number, value
        return None


@define(eq=False)
class Asked:
    """One request, until its end is known."""

    text: bytes = field(repr=False)
    log: int | None
    """A descriptor of our own; closed when it cannot be needed any more."""
    output: Output
    done: Deferred[Ended | None]
    """None: nothing was done, ask another."""
    sent: bool = False
    timer: IDelayedCall | None = None

    def end(self, ended: Ended | None) -> None:
        """Tell how it ended, unless nobody waits any more."""
        self.leave()
        if not self.done.called:
            self.done.callback(ended)

    def leave(self) -> None:
        """Let go of what it holds."""
        self.output.mute()
        if self.timer is not None and self.timer.active():
            self.timer.cancel()
        if self.log is not None:
            os.close(self.log)
            self.log = None

    def too_late(self) -> None:
        """Wait no longer; what is done with privilege ends in its own time."""
        self.output.mute()
        if not self.done.called:
            self.done.callback(Ended(None, self.output.last, timed_out=True))


class AttendantLine(Protocol):
    """One attendant, from its greeting to its end.

    :param on_gone: called once it takes no more: with why it never came up, or nothing.
    """

    transport: Any

    def __init__(self, clock: IReactorTime, on_gone: Callable[[str], None]) -> None:
        self._clock = clock
        self._on_gone = on_gone
        self._frames = Frames()
        self._greeting = b""
        self._numbers = 0
        self._asked: dict[int, Asked] = {}
        self._greeted = False
        self._timer: IDelayedCall | None = None
        self.takes = True
        """Whether it takes requests."""
        self.passes = True
        """Whether it can be given descriptors, as far as is known."""
        self.closed: Deferred[None] = Deferred()

    @property
    def under_way(self) -> int:
        """How many requests have not ended."""
        return len(self._asked)

    def begin(self, request: bytes, seconds: float) -> None:
        """Ask the program to stay, and give it so long to be up."""
        self.transport.write(request)
        self._timer = self._clock.callLater(seconds, self.transport.abortConnection)

    def ask(
        self, request: bytes, log: int | None, on_line: OnLine, timeout: float
    ) -> Deferred[Ended | None]:
        """Return a Deferred for how a request ended; None: it was not begun.

        It goes on when its time is over or the Deferred is cancelled.
        """
        output = Output(on_line, _KEPT)
        done: Deferred[Ended | None] = Deferred(lambda _: output.mute())
        own = None if log is None else os.dup(log)
        asked = Asked(request, own, output, done)
        asked.timer = self._clock.callLater(timeout, asked.too_late)
        self._numbers += 1
        self._asked[self._numbers] = asked
        if self._greeted:
            self._send(self._numbers, asked)
        return done

    def _send(self, number: int, asked: Asked) -> None:
        if asked.done.called or (asked.log is not None and not self.passes):
            self._forget(number, None)
            return
        transport, asked.sent = self.transport, True
        if asked.log is None:
            transport.write(b"%d %s\n" % (number, asked.text))
        else:
            transport.sendFileDescriptor(asked.log)
            transport.write(b"%d+ %s\n" % (number, asked.text))

    @override
    def dataReceived(self, data: bytes) -> None:
        if not self._greeted:
            self._greeting += data
            if b"\n" not in self._greeting and len(self._greeting) < _LONGEST_GREETING:
                return
            line, _, data = self._greeting.partition(b"\n")
            if not self._greet(line):
                return
        try:
            for frame in self._frames.feed(data):
                self._take(frame)
        except Broken:
            self.transport.abortConnection()

    def _greet(self, line: bytes) -> bool:
        try:
            self.passes = bool(json.loads(line)["result"]["passes"])
        except (ValueError, KeyError, TypeError):
            self.transport.abortConnection()
            return False
        self._greeted = True
        self._stop_timer()
        for number, asked in tuple(self._asked.items()):
            self._send(number, asked)
        return True

    def _stop_timer(self) -> None:
        if self._timer is not None and self._timer.active():
            self._timer.cancel()

    def _take(self, frame: Frame) -> None:
        if isinstance(frame, Bye):
            self._stop_taking("")
            for number in tuple(self._asked):
                self._forget(number, None)  # they crossed it on their way
            return
        asked = self._asked.get(frame.number)
        if asked is None:
            raise Broken("nobody has asked for that")
        if isinstance(frame, Piece):
            asked.output.feed(frame.content)
        else:
            asked.output.end()
            self._forget(frame.number, Ended(frame.status, asked.output.last))

    def _forget(self, number: int, ended: Ended | None) -> None:
        self._asked.pop(number).end(ended)

    def _stop_taking(self, why: str) -> None:
        if self.takes:
            self.takes = False
            self._on_gone(why)

    @override
    def connectionLost(self, reason: Failure | None = None) -> None:
        """Whoever waits is told what is known: what was begun was killed."""
        self._stop_timer()
        said = self._greeting.decode("utf-8", "replace").strip()[:300]
        self._stop_taking("" if self._greeted else said or "it ended at once")
        for number, asked in tuple(self._asked.items()):
            killed = Ended(None, asked.output.last)
            self._forget(number, killed if asked.sent else None)
        self.closed.callback(None)

    def close(self) -> Deferred[None]:
        """Leave it to end what is under way; nobody is told of that any more."""
        for asked in self._asked.values():
            asked.leave()
        self._asked.clear()
        self.abort()
        return self.closed

    def abort(self) -> None:
        """Let go of it."""
        self.takes = False
        self.transport.abortConnection()
