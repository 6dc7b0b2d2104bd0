"""Processes that render: started when needed, ended when a file is too much."""

import os
import sys
from collections.abc import Callable
from typing import Any, Final

from attrs import define, field
from twisted.internet.defer import Deferred, DeferredSemaphore
from twisted.internet.interfaces import IDelayedCall
from twisted.internet.protocol import ProcessProtocol
from twisted.python.failure import Failure

from aen.compute.apps.files.refusals import Refusal
from aen.compute.apps.viewer.limits import Limits
from aen.compute.apps.viewer.rendering.jobs import (
    HEAD,
    Job,
    Rendered,
    lengths_of,
    pack_job,
    unpack_rendered,
)

TOO_SLOW: Final = "It takes too long to be shown here."
TOO_MUCH: Final = "It takes too much memory to be shown here."
_BUSY: Final = "Too many files are being looked at at the moment; try again."
_COMMAND: Final = (sys.executable, "-P", "-m", "aen.compute.apps.viewer.rendering")
_PASSED_ON: Final = ("LANG", "LC_ALL", "PATH", "PYTHONPATH")


class Renderer(ProcessProtocol):
    """One process; it renders one file at a time."""

    def __init__(self, longest: int, gone: Callable[["Renderer"], None]) -> None:
        self.alive = True
        self._gone = gone
        self._longest = longest
        self._answer: Deferred[Rendered | None] | None = None
        self._heard = bytearray()

    def ask(self, job: Job) -> "Deferred[Rendered | None]":
        """Give it a file; None: it has ended over it."""
        self._answer = Deferred()
        self._heard.clear()
        self.transport.write(pack_job(job))  # type: ignore[union-attr]
        return self._answer

    def end(self) -> None:
        """End it at once: it holds nothing that would be lost."""
        if self.alive:
            self.transport.signalProcess("KILL")  # type: ignore[union-attr]

    def outReceived(self, data: bytes) -> None:
        """Gather the answer."""
        self._heard += data
        if len(self._heard) > self._longest:
            self.end()
            return
        if len(self._heard) < HEAD:
            return
        about, body = lengths_of(bytes(self._heard[:HEAD]))
        if len(self._heard) == HEAD + about + body:
            said = bytes(self._heard[HEAD : HEAD + about])
            content = bytes(self._heard[HEAD + about :])
            self._tell(unpack_rendered(said, content))

    def processEnded(self, reason: Failure) -> None:
        """Note that there is no answer to come."""
        self.alive = False
        self._tell(None)
        self._gone(self)

    def _tell(self, done: Rendered | None) -> None:
        if self._answer is not None:
            answer, self._answer = self._answer, None
            self._heard.clear()
            answer.callback(done)


@define(eq=False)
class Renderers:
    """All of them; one waits for the next file for a while."""

    limits: Limits
    reactor: Any
    _turns: DeferredSemaphore = field(init=False)
    _idle: list[Renderer] = field(factory=list, init=False)
    _all: set[Renderer] = field(factory=set, init=False)
    _rest: IDelayedCall | None = field(default=None, init=False)
    _waiting: int = field(default=0, init=False)
    _stopped: Deferred[None] | None = field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        """Let as many work at a time as the limits say."""
        self._turns = DeferredSemaphore(self.limits.renderers)

    async def render(self, job: Job) -> Rendered:
        """Return a file as HTML, or with the reason why there is none.

        :raises Refusal: too many wait already.
        """
        if self._waiting >= self.limits.waiting_jobs + self.limits.renderers:
            raise Refusal(503, _BUSY)
        self._waiting += 1
        try:
            await self._turns.acquire()
            try:
                return await self._in_turn(job)
            finally:
                self._turns.release()
        finally:
            self._waiting -= 1

    async def _in_turn(self, job: Job) -> Rendered:
        renderer = self._take_idle()
        if renderer is not None:
            done = await self._asked(renderer, job)
            if done.problem != TOO_MUCH:
                return done
            # What was there may have ended before the file came to it.
        return await self._asked(self._start(), job)

    async def _asked(self, renderer: Renderer, job: Job) -> Rendered:
        late = self.reactor.callLater(self.limits.rendering, renderer.end)
        done = await renderer.ask(job)
        problem = TOO_SLOW
        if late.active():
            late.cancel()
            problem = TOO_MUCH
        if renderer.alive:
            self._idle.append(renderer)
            self._wait()
        return Rendered("", problem=problem) if done is None else done

    def _take_idle(self) -> Renderer | None:
        if self._rest is not None:
            self._rest.cancel()
            self._rest = None
        while self._idle:
            renderer = self._idle.pop()
            if renderer.alive:
                return renderer
        return None

    def _start(self) -> Renderer:
        renderer = Renderer(self.limits.rendered, self._note_end)
        command = (*_COMMAND, "--memory", str(self.limits.memory))
        given = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        fds = {0: "w", 1: "r", 2: 2}
        self.reactor.spawnProcess(
            renderer, command[0], command, env=given, childFDs=fds
        )
        self._all.add(renderer)
        return renderer

    def _note_end(self, renderer: Renderer) -> None:
        self._all.discard(renderer)
        if self._stopped is not None and not self._all:
            self._stopped.callback(None)

    def _wait(self) -> None:
        """End those that are idle when nothing has come for a while."""
        if self._rest is None:
            self._rest = self.reactor.callLater(self.limits.idle, self._end_idle)

    def _end_idle(self) -> None:
        self._rest = None
        while self._idle:
            self._idle.pop().end()

    async def stop(self) -> None:
        """End all of them, and wait until they have ended."""
        if self._rest is not None:
            self._rest.cancel()
            self._rest = None
        if self._all:
            self._stopped = Deferred()
            for renderer in self._all:
                renderer.end()
            await self._stopped
