"""Answers in lines: progress while the work goes on, then its end.

What `aen.wire.call` is for one answer, this is for many: a JSON object a line.
"""

import functools
import json
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from attrs import AttrsInstance
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import LoopingCall
from twisted.logger import Logger
from twisted.web.server import Request

from aen.model.errors import AenError, Failed
from aen.model.projects import Problem, Progress
from aen.runtime.structure import unstructure
from aen.runtime.tasks import finish_anyway, spawn
from aen.wire.call import Asked, answer_error, parse
from aen.wire.messages import Line

M = TypeVar("M", bound=AttrsInstance)
S = TypeVar("S", bound=Asked)
Report = Callable[[Line], None]

KEEP_ALIVE = 10.0
"""Seconds between the empty lines that show that a stream lives."""
_log = Logger()


class _Lines:
    """Writes the lines of a stream to a request until either side ends."""

    def __init__(self, request: Request, clock: IReactorTime) -> None:
        self._request = request
        self._open = True
        request.notifyFinish().addBoth(self.end)  # type: ignore[unused-awaitable]
        request.setHeader(b"content-type", b"application/x-ndjson")
        request.setHeader(b"cache-control", b"no-store")
        self._beat = LoopingCall(self.write, Line())
        self._beat.clock = clock
        spawn(_log, "keep-alive", self._beat.start(KEEP_ALIVE, now=True))

    def write(self, line: Line) -> None:
        if self._open:
            full: dict[str, Any] = unstructure(line)
            text = {key: value for key, value in full.items() if value}
            self._request.write(json.dumps(text).encode() + b"\n")

    def end(self, _: object = None) -> None:
        self._open = False
        if self._beat.running:
            self._beat.stop()


def stream(
    kind: type[M], *, endless: bool = False
) -> Callable[
    [Callable[[S, str, M, Report], Awaitable[None]]],
    Callable[..., Deferred[bytes]],
]:
    """Make a klein view of ``async def view(self, asker, message, report)``.

    The answer is a line for each report, then ``{"done": true}`` or the problem.
    Work goes on when the one who asked is gone: whoever asks again joins it.

    :param endless: the view only tells what happens; it is cancelled when the one
        who asked is gone.
    """

    def around(
        view: Callable[[S, str, M, Report], Awaitable[None]],
    ) -> Callable[..., Deferred[bytes]]:
        async def answer(self: S, request: Request) -> bytes:
            try:
                body = self.door.read(request)
                asker = await self.door.admit(request, body)
                message = parse(body, kind)
            except Exception as error:  # noqa: BLE001 -- every error gets an answer
                return answer_error(request, error)
            lines = _Lines(request, self.door.clock)
            working = _to_the_end(view(self, asker, message, lines.write), lines)
            path = request.path.decode("latin-1")
            await (working if endless else finish_anyway(_log, path, working))
            lines.end()
            return b""

        @functools.wraps(view)
        def start(self: S, request: Request) -> Deferred[bytes]:
            return Deferred.fromCoroutine(answer(self, request))

        return start

    return around


async def _to_the_end(work: Awaitable[None], lines: _Lines) -> None:
    """Wait for *work*; its last line says that it is done, or what went wrong."""
    try:
        await work
        lines.write(Line(done=True))
    except Exception as error:  # noqa: BLE001 -- every error gets a line
        lines.write(Line(problem=_problem(error)))


def _problem(error: Exception) -> Problem:
    if isinstance(error, Failed):
        return Problem(error.message, error.log)
    if isinstance(error, AenError):
        return Problem(error.message)
    if not isinstance(error, CancelledError):
        _log.failure("work failed")
    return Problem("It broke off; the log of this node says why.")


def line_progress(report: Report) -> Callable[[Progress], None]:
    """Return a function that reports progress as a line."""
    return lambda progress: report(Line(progress=progress))
