"""Programs at pipes: neither side runs ahead, and each end is seen."""

import sys
from typing import Any

import pytest
import pytest_twisted
from twisted.internet import reactor  # noqa: TID251 -- real children need it

from aen.compute.programs.children import Command
from aen.compute.programs.piping import Pipes, Receiving, Sending
from aen.compute.programs.steps import ChildSteps, HelperCall
from aen.model.errors import Failed
from aen.model.names import UserName, parse_project_path
from aen.model.projects import Member
from tests.waiting import eventually

REACTOR: Any = reactor
LAB = parse_project_path("ada", "lab")
MIB = 1024 * 1024
FLOOD = """
import os, sys
for number in range(40):
    os.write(1, bytes(1 << 20))
    os.write(2, b'{"done": %d, "total": 0}\\n' % number)
sys.stderr.write('{"result": 1}\\n')
"""
SLOW = """
import os, sys, time
print('{"done": 0, "total": 0}', flush=True)
count = 0
while block := os.read(0, 65536):
    count += len(block)
    time.sleep(0.001)
    print('{"done": %d, "total": 0}' % count, flush=True)
print('{"result": %d}' % count)
"""
REFUSES = """
print('{"error": "No.", "kind": "refused"}')
raise SystemExit(1)
"""


def program(text: str) -> Command:
    """Return a program."""
    return Command((sys.executable, "-c", text))


@pytest_twisted.ensureDeferred
async def test_what_nobody_reads_is_not_kept() -> None:
    """A program that packs waits for whoever takes it; then all of it comes."""
    sending = Sending()
    sending.start(REACTOR, program(FLOOD))
    first = await sending.read(MIB)
    await eventually(lambda: sending._paused, "it waits")
    assert len(sending._packed) < 4 * MIB
    size = len(first)
    while piece := await sending.read(MIB):
        size += len(piece)
    assert size == 40 * MIB


@pytest_twisted.ensureDeferred
async def test_what_is_not_taken_is_waited_for() -> None:
    """Feeding takes as long as the program; at last it says what it had."""
    receiving = Receiving()
    receiving.start(REACTOR, program(SLOW))
    await receiving.ready()
    for number in range(1, 9):
        await receiving.feed(bytes(MIB))
        assert number * MIB - receiving._taken <= 2 * MIB
    assert await receiving.finish() == 8 * MIB


@pytest_twisted.ensureDeferred
async def test_a_program_that_refuses_is_heard() -> None:
    """Whatever it is asked after that."""
    receiving = Receiving()
    receiving.start(REACTOR, program(REFUSES))
    with pytest.raises(Failed, match="No"):
        await receiving.ready()
    with pytest.raises(Failed, match="No"):
        await receiving.feed(b"x")
    await receiving.abort()


@pytest_twisted.ensureDeferred
async def test_one_that_is_aborted_has_ended() -> None:
    """It was in the middle of it, and is gone afterwards."""
    sending = Sending()
    sending.start(REACTOR, program(FLOOD))
    await sending.read(MIB)
    await sending.abort()
    with pytest.raises(Failed):
        await sending.read(64 * MIB)


@pytest_twisted.ensureDeferred
async def test_a_program_that_is_not_there() -> None:
    """It is said in a sentence."""
    receiving = Receiving()
    receiving.start(REACTOR, Command(("/nonexistent/program",)))
    with pytest.raises(Failed):
        await receiving.ready()


def test_who_packs(tmp_path: Any) -> None:
    """The node itself, or the helper, which is told names and no path."""
    steps = ChildSteps(REACTOR, 60)
    team = (Member(UserName("bo")),)
    own = Pipes(steps, tmp_path).send(LAB, team)
    assert own.argv[-2] == "send"
    assert str(tmp_path) in own.argv[-1]
    helper = HelperCall(("/usr/bin/helper",))
    theirs = Pipes(steps, tmp_path, helper).receive(LAB, team, "p1.a")
    assert theirs.argv == ("/usr/bin/helper",)
    assert b'"verb": "receive"' in theirs.input
    assert b'"staging": "p1.a"' in theirs.input
    assert str(tmp_path).encode() not in theirs.input
