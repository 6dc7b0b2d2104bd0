"""The attendant: a call of the helper that stays, for whoever holds its pipe.

It reads a line for each request, ``<number> <request>``, and does nothing of it itself:
a child does, exactly as a call by itself. ``<number>+ <request>`` comes with a
descriptor (SCM_RIGHTS, unix(7)), the log of an app. What a child writes goes back in
pieces, ``<number> <length>`` and so many bytes; at its end ``<number> =<status>``.

When its input ends it takes no more and ends with its last child; when nobody has asked
for long it says ``bye``, and what was not read by then is not done. Its children end
with it if it is killed: whoever asked is told that they were.
"""

import ctypes
import gc
import os
import select
import signal
import socket
import sys
import time
from collections import deque
from dataclasses import dataclass
from typing import NoReturn

import aen.compute.helper.projects  # noqa: F401 -- before there are children
from aen.compute.disk.walk import Refused
from aen.compute.helper.calling import LONGEST, one_call
from aen.compute.helper.staying import input_passes

MOST = 64
"""Children at once; then nothing is read."""
IDLE = 1800.0
"""Seconds without a request after which it ends."""
_BEHIND = 1024 * 1024
"""Bytes that nobody has read, after which nothing is read from anybody."""
_PIECE = 64 * 1024
_NUMBER = 15  # digits
_LONGEST_LINE = _NUMBER + len(b"+ ") + LONGEST + 1
_PR_SET_PDEATHSIG = 1  # linux/prctl.h


@dataclass(frozen=True)
class _Child:
    """A request under way."""

    number: bytes
    pid: int
    ended: int
    """A pidfd: readable when it has ended (pidfd_open(2))."""
    said: int
    """The pipe that it writes to."""


def attend(path: str, idle: float = IDLE) -> None:
    """Do what the standard input asks for, until that ends.

    :param path: of the settings.
    """
    gc.freeze()  # children are to share what was loaded
    _Attendant(path, idle).run()


class _Attendant:
    """The loop: what can be read, which children there are, what is to be written."""

    def __init__(self, path: str, idle: float) -> None:
        self._path = path
        self._idle = idle
        passes = input_passes()
        self._input = socket.socket(fileno=os.dup(0)) if passes else None
        self._open = True
        self._line = bytearray()
        self._waiting: deque[bytes] = deque()
        self._logs: deque[int] = deque()
        self._children: dict[int, _Child] = {}
        """By pidfd."""
        self._out = bytearray()
        self._last_asked = time.monotonic()
        os.set_blocking(0, False)
        os.set_blocking(1, False)

    def run(self) -> None:
        """Work until the input has ended and nothing is under way."""
        while self._open or self._children or self._waiting or self._out:
            self._turn(set(self._ready()))

    def _ready(self) -> list[int]:
        """Return what can be read, or written in the case of 1; waits for that."""
        poll = select.poll()
        if self._out:
            poll.register(1, select.POLLOUT)
        if len(self._out) < _BEHIND:
            if self._open and not self._waiting:
                poll.register(0, select.POLLIN)
            for one in self._children.values():
                poll.register(one.ended, select.POLLIN)
                poll.register(one.said, select.POLLIN)
        busy = self._children or self._out
        left = self._last_asked + self._idle - time.monotonic()
        found = poll.poll(None if busy else max(0, left) * 1000)
        if not found and not busy:
            self._open = False
            self._out += b"bye\n"
        return [descriptor for descriptor, _ in found]

    def _turn(self, ready: set[int]) -> None:
        for one in tuple(self._children.values()):
            if one.said in ready:
                self._hear(one)
            if one.ended in ready:
                self._bury(one)
        try:
            if 0 in ready:
                self._read()
            while self._waiting and len(self._children) < MOST:
                self._begin(self._waiting.popleft())
        except Refused as error:
            os.write(2, f"attendant: {error}\n".encode())
            self._waiting.clear()
            self._open = False
        if self._out:
            self._write()

    def _read(self) -> None:
        try:
            content = self._receive()
        except BlockingIOError:
            return
        except ConnectionError:
            content = b""
        self._open = bool(content)
        self._last_asked = time.monotonic()
        *whole, rest = content.split(b"\n")
        for part in whole:
            self._keep(part)
            self._waiting.append(bytes(self._line))
            self._line.clear()
        self._keep(rest)

    def _receive(self) -> bytes:
        if self._input is None:
            return os.read(0, _PIECE)
        flags = socket.MSG_CMSG_CLOEXEC | socket.MSG_DONTWAIT
        content, logs, *_ = socket.recv_fds(self._input, _PIECE, MOST, flags)
        self._logs.extend(logs)
        if len(self._logs) > MOST:
            raise Refused("There are more descriptors than requests.")
        return content

    def _keep(self, part: bytes) -> None:
        """Keep what is known of a line; of one that is too long enough to refuse it."""
        self._line += part[: _LONGEST_LINE - len(self._line)]

    def _begin(self, line: bytes) -> None:
        """Have a child do a request.

        :raises Refused: the line is none.
        """
        head, _, text = line.partition(b" ")
        number = head.removesuffix(b"+")
        if not number.isdigit() or len(number) > _NUMBER:
            raise Refused("A request begins with its number.")
        if number == head:
            self._fork(number, text, None)
            return
        if not self._logs:
            raise Refused("The request came without its descriptor.")
        log = self._logs.popleft()
        try:
            self._fork(number, text, log)
        finally:
            os.close(log)

    def _fork(self, number: bytes, text: bytes, log: int | None) -> None:
        said, writing = os.pipe2(os.O_CLOEXEC)
        own = os.getpid()
        try:
            pid = os.fork()
        except OSError:  # no room for another process
            os.close(said)
            os.close(writing)
            self._out += number + b" =-1\n"
            return
        if pid == 0:
            self._live(own, text, writing, log)
        os.close(writing)
        os.set_blocking(said, False)
        child = _Child(number, pid, os.pidfd_open(pid), said)
        self._children[child.ended] = child

    def _live(
        self, parent: int, text: bytes, writing: int, log: int | None
    ) -> NoReturn:
        """Be the child: a call like any other, with nothing of ours."""
        status = 1
        try:
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            nothing = os.open(os.devnull, os.O_RDONLY)
            os.dup2(nothing, 0)
            os.dup2(writing, 1)
            os.dup2(writing if log is None else log, 2)
            os.closerange(3, os.sysconf("SC_OPEN_MAX"))
            if os.getppid() == parent:  # else it is gone, and did not take us with it
                way = "attended" if log is None else "logged"
                status, _ = one_call(self._path, lambda: text, way)
        except BaseException:  # noqa: BLE001 -- as a program that ends by it
            sys.excepthook(*sys.exc_info())
        finally:
            os._exit(status)

    def _hear(self, child: _Child) -> bool:
        """Hand on a piece of what a child says; False when there is none."""
        try:
            piece = os.read(child.said, _PIECE)
        except BlockingIOError:
            return False
        if piece:
            self._out += b"%s %d\n" % (child.number, len(piece)) + piece
        return bool(piece)

    def _bury(self, child: _Child) -> None:
        """A child has ended: hand on the rest; others may hold its pipe for ever."""
        while self._hear(child):
            pass
        status = os.waitstatus_to_exitcode(os.waitpid(child.pid, 0)[1])
        self._out += b"%s =%d\n" % (child.number, status)
        del self._children[child.ended]
        os.close(child.ended)
        os.close(child.said)
        self._last_asked = time.monotonic()

    def _write(self) -> None:
        try:
            del self._out[: os.write(1, self._out)]
        except BlockingIOError:
            pass
        except OSError:  # nobody listens any more; what is under way is finished
            self._out.clear()
