"""A process that is asked one line."""

import os
import sys

import psutil
import pytest
import pytest_twisted

from aen.model.errors import Unavailable
from aen.server.directories.pam_process import ask
from tests.reactor import reactor
from tests.waiting import eventually

MARK = "aen_late_one"
ECHO = "import sys; print(sys.stdin.readline().upper())"


async def run(program: str, seconds: float = 20.0) -> bytes:
    """Return what a program in Python answers."""
    command = (sys.executable, "-I", "-S", "-c", program)
    return await ask(reactor, command, {"PATH": os.defpath}, b"hello\n", seconds)


@pytest_twisted.ensureDeferred
async def test_a_line_each_way() -> None:
    """It reads one and answers one."""
    assert (await run(ECHO)).strip() == b"HELLO"


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("pass", "ended without an answer"),
        ("raise SystemExit('no libpam')", "no libpam"),
        ("import os; print(1, flush=True); os.kill(os.getpid(), 11)", "without an"),
    ],
)
@pytest_twisted.ensureDeferred
async def test_no_answer(program: str, words: str) -> None:
    """A program that fails has answered nothing, whatever it said before."""
    with pytest.raises(Unavailable, match=words):
        await run(program)


@pytest_twisted.ensureDeferred
async def test_late_ones_are_killed() -> None:
    """With all that a module of theirs does."""
    with pytest.raises(Unavailable, match=r"within 0\.5 seconds"):
        await run(f"import time; {MARK} = time.sleep(60)", 0.5)
    await eventually(lambda: not _runs(MARK), "it is killed")


def _runs(mark: str) -> bool:
    """Return whether a process with *mark* in its command line lives."""
    for process in psutil.process_iter(["cmdline"]):
        if any(mark in word for word in process.info["cmdline"] or ()):
            return True
    return False


@pytest_twisted.ensureDeferred
async def test_what_cannot_be_started() -> None:
    """Is told as any other trouble."""
    with pytest.raises(Unavailable):
        await ask(reactor, ("/no/such/program",), {}, b"\n", 20.0)


@pytest_twisted.ensureDeferred
async def test_endless_talk_is_not_kept() -> None:
    """Only so much of an answer is read."""
    found = await run("print('x' * 1_000_000)")
    assert len(found) < 20_000
