"""A shell's pty, and its end."""

import fcntl
import os
import pty
import struct
import termios

import pytest
from attrs import define, field
from twisted.internet.error import ProcessTerminated
from twisted.internet.interfaces import IPushProducer
from twisted.internet.task import Clock
from twisted.python.failure import Failure

from aen.compute.apps.terminal.messages import Size
from aen.compute.apps.terminal.shell import Exit, PtyShell, set_size


@define
class FakePty:
    """A pty's transport that does nothing by itself."""

    pid: int
    shell: PtyShell
    written: bytes = b""
    reads: bool = True
    producer: IPushProducer = field(init=False)

    def registerProducer(self, producer: IPushProducer, streaming: bool) -> None:  # noqa: FBT001, N802
        self.producer = producer

    def write(self, data: bytes) -> None:
        self.written += data

    def pauseProducing(self) -> None:
        self.reads = False

    def resumeProducing(self) -> None:
        self.reads = True

    def connectionLost(self, reason: Failure) -> None:
        ended = Failure(ProcessTerminated(exitCode=3))
        self.shell.processEnded(ended)


@define
class Heard:
    """Remembers what a shell told."""

    shown: bytes = b""
    drains: int = 0
    ends: list[Exit] = field(factory=list)

    def output(self, data: bytes) -> None:
        self.shown += data

    def drained(self) -> None:
        self.drains += 1

    def ended(self, how: Exit) -> None:
        self.ends.append(how)


class Scene:
    """A shell with its fakes."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.heard = Heard()
        self.shell = PtyShell(self.heard, self.clock, grace=2.0)
        # No process can have this number (proc_sys_kernel(5), pid_max).
        self.pty = FakePty(2**22 + 1, self.shell)
        self.shell.makeConnection(self.pty)


@pytest.fixture
def scene() -> Scene:
    """A shell that runs."""
    return Scene()


def test_size() -> None:
    """A pty has the size that was set."""
    master, slave = pty.openpty()
    set_size(master, Size(columns=91, rows=17))
    packed = fcntl.ioctl(slave, termios.TIOCGWINSZ, bytes(8))
    assert struct.unpack("HHHH", packed)[:2] == (17, 91)
    os.close(master)
    os.close(slave)


def test_waiting(scene: Scene) -> None:
    """What the pty does not take is counted until it does."""
    scene.shell.write(b"taken")
    assert scene.shell.waiting() == 0
    scene.pty.producer.pauseProducing()
    scene.shell.write(b"not yet")
    assert scene.shell.waiting() == 7
    scene.pty.producer.resumeProducing()
    assert scene.shell.waiting() == 0
    assert scene.heard.drains == 1


def test_last_words(scene: Scene) -> None:
    """What a shell wrote last is read, however long a job keeps its pty open."""
    scene.shell.processExited(Failure(ProcessTerminated(exitCode=3)))
    scene.shell.childDataReceived(1, b"last ")
    scene.clock.advance(0.1)
    scene.shell.childDataReceived(1, b"words")
    scene.clock.advance(0.1)
    assert not scene.heard.ends
    scene.clock.advance(0.1)
    assert scene.heard.ends == [Exit(3, None)]
    assert scene.heard.shown == b"last words"
    assert not scene.clock.getDelayedCalls()


def test_endless_words(scene: Scene) -> None:
    """A job that writes for ever does not hide its shell's end."""
    scene.shell.processExited(Failure(ProcessTerminated(exitCode=3)))
    for _ in range(30):
        scene.shell.childDataReceived(1, b"x")
        scene.clock.advance(0.1)
        if scene.heard.ends:
            break
    assert scene.heard.ends


def test_paused_words(scene: Scene) -> None:
    """While viewers lag nothing is lost."""
    scene.shell.pause()
    scene.shell.processExited(Failure(ProcessTerminated(exitCode=3)))
    scene.clock.pump([0.1] * 50)
    assert not scene.heard.ends
    scene.shell.resume()
    scene.clock.pump([0.1] * 2)
    assert scene.heard.ends


def test_hang_up(scene: Scene) -> None:
    """Hanging up lets a shell that waits for its viewers write on."""
    scene.shell.pause()
    scene.shell.hang_up()
    scene.shell.hang_up()
    assert scene.pty.reads
    assert len(scene.clock.getDelayedCalls()) == 1
    scene.shell.processEnded(Failure(ProcessTerminated(signal=1)))
    assert scene.heard.ends == [Exit(None, 1)]
    assert not scene.clock.getDelayedCalls()
