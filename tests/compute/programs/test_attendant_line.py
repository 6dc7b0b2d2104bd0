"""The connection to an attendant, without one."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from attrs import define, field
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from aen.compute.programs.attendant_line import (
    AttendantLine,
    Broken,
    Bye,
    End,
    Frame,
    Frames,
    Piece,
)
from aen.compute.programs.children import Ended

GREETING = b'{"result": {"passes": true}}\n'


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (b"", []),
        (b"7 3\nabc", [Piece(7, b"abc")]),
        (b"7 2\n\n78 1\nx", [Piece(7, b"\n7"), Piece(8, b"x")]),
        (b"7 3\nab", [Piece(7, b"ab")]),
        (b"7 =0\n8 =-9\n9 =1\n", [End(7, 0), End(8, None), End(9, 1)]),
        (b"bye\n", [Bye()]),
        (b"7 ", []),
    ],
)
def test_what_it_says(said: bytes, expected: Sequence[Frame]) -> None:
    """Pieces, ends and a farewell; the rest comes later."""
    assert list(Frames().feed(said)) == expected


@pytest.mark.parametrize(
    "said",
    [b"\n", b"x\n", b"7\n", b"7 0\n", b"7 -3\n", b"7 = 0\n", b"-7 3\n", b" 7 3\n",
     b"7 3 \n", b"7 1234567890\n", b"7" * 64, b'{"result": 1}\n', b"byebye\n"],
)  # fmt: skip
def test_what_it_never_says(said: bytes) -> None:
    """Something else is at the other end, or an attendant that is broken."""
    with pytest.raises(Broken):
        list(Frames().feed(said))


@given(
    st.lists(st.one_of(
        st.builds(Piece, st.integers(0, 99), st.binary(min_size=1, max_size=9)),
        st.builds(End, st.integers(0, 99), st.integers(0, 255)),
    )),
    st.integers(1, 7),
)  # fmt: skip
def test_however_it_is_cut(frames: list[Frame], size: int) -> None:
    """Each request gets the bytes that are its own."""
    said = b""
    for one in frames:
        if isinstance(one, Piece):
            said += b"%d %d\n" % (one.number, len(one.content)) + one.content
        elif isinstance(one, End):
            said += b"%d =%d\n" % (one.number, one.status or 0)
    found, parser = list[Frame](), Frames()
    for start in range(0, len(said), size):
        found.extend(parser.feed(said[start : start + size]))
    assert _joined(found) == _joined(frames)


def _joined(frames: list[Frame]) -> list[Frame]:
    """Return frames with pieces of one number in a row made one."""
    made = list[Frame]()
    for one in frames:
        last = made[-1] if made else None
        if (
            isinstance(one, Piece)
            and isinstance(last, Piece)
            and last.number == one.number
        ):
            made[-1] = Piece(one.number, last.content + one.content)
        else:
            made.append(one)
    return made


@define
class Wire:
    """What an attendant is sent."""

    sent: bytes = b""
    descriptors: list[int] = field(factory=list)
    aborted: bool = False

    def write(self, data: bytes) -> None:
        """Take what is written."""
        self.sent += data

    def sendFileDescriptor(self, descriptor: int) -> None:  # noqa: N802
        """Take a descriptor."""
        self.descriptors.append(descriptor)

    def abortConnection(self) -> None:  # noqa: N802
        """Be let go of."""
        self.aborted = True


@define
class Talk:
    """A line and both its ends."""

    clock: Clock = field(factory=Clock)
    wire: Wire = field(factory=Wire)
    gone: list[str] = field(factory=list)
    heard: list[str] = field(factory=list)

    def line(self) -> AttendantLine:
        """Return a line that has begun."""
        made = AttendantLine(self.clock, self.gone.append)
        wire: Any = self.wire
        made.makeConnection(wire)
        made.begin(b"stay\n", 20)
        return made

    def ask(
        self, line: AttendantLine, text: bytes = b"{}", log: int | None = None
    ) -> "list[Ended | None]":
        """Ask for something; return a list for what comes of it."""
        found: list[Ended | None] = []
        done: Deferred[Any] = line.ask(text, log, self.heard.append, 60)
        done.addBoth(found.append)
        return found


def test_nothing_is_asked_before_the_greeting() -> None:
    """Then in order; each hears of its own end."""
    talk = Talk()
    line = talk.line()
    first, second = talk.ask(line, b"{1}"), talk.ask(line, b"{2}")
    assert talk.wire.sent == b"stay\n"
    line.dataReceived(GREETING[:5])
    line.dataReceived(GREETING[5:])
    assert talk.wire.sent == b"stay\n1 {1}\n2 {2}\n"
    line.dataReceived(b"2 6\none\ntw1 5\nalone2 =3\n1 =-9\n")
    assert second == [Ended(3, ("one", "tw"))]
    assert first == [Ended(None, ("alone",))]
    assert talk.heard == ["one", "tw", "alone"]
    assert line.under_way == 0
    assert not talk.clock.getDelayedCalls()


@pytest.mark.parametrize(
    "said", [b'{"error": "There is no such verb.", "kind": "refused"}\n', b"[]\n",
             b"x" * 5000, b"\n"],
)  # fmt: skip
def test_no_greeting(said: bytes) -> None:
    """What was to be asked is given back; why is told."""
    talk = Talk()
    line = talk.line()
    found = talk.ask(line)
    line.dataReceived(said)
    assert talk.wire.aborted
    line.connectionLost()
    assert found == [None]
    assert len(talk.gone) == 1
    assert talk.gone[0]


def test_no_word_at_all() -> None:
    """After a while it is let go."""
    talk = Talk()
    line = talk.line()
    talk.clock.advance(21)
    assert talk.wire.aborted
    line.connectionLost()
    assert talk.gone == ["it ended at once"]


def test_killed_while_asked() -> None:
    """What was begun was killed, and that is all that is known."""
    talk = Talk()
    line = talk.line()
    line.dataReceived(GREETING)
    found = talk.ask(line)
    line.dataReceived(b"1 4\nsaid")
    line.connectionLost()
    assert found == [Ended(None, ())]
    assert talk.gone == [""]


def test_a_farewell() -> None:
    """What crossed it was not done: another is to be asked."""
    talk = Talk()
    line = talk.line()
    line.dataReceived(GREETING)
    found = talk.ask(line)
    line.dataReceived(b"bye\n")
    assert (found, line.takes, talk.gone) == ([None], False, [""])
    line.connectionLost()
    assert talk.gone == [""]


def test_too_late() -> None:
    """Nobody waits any more, though it is under way still."""
    talk = Talk()
    line = talk.line()
    line.dataReceived(GREETING)
    found = talk.ask(line)
    talk.clock.advance(61)
    assert found == [Ended(None, (), timed_out=True)]
    line.dataReceived(b"1 5\nlate\n")
    assert (talk.heard, line.under_way) == ([], 1)
    line.dataReceived(b"1 =0\n")
    assert line.under_way == 0


def test_nobody_waits_any_more() -> None:
    """A cancelled request goes on unheard; before the greeting it is not asked."""
    talk = Talk()
    line = talk.line()
    early = line.ask(b"{}", None, talk.heard.append, 60)
    early.addErrback(lambda _: None)
    early.cancel()
    line.dataReceived(GREETING)
    assert talk.wire.sent == b"stay\n"
    late = line.ask(b"{}", None, talk.heard.append, 60)
    late.addErrback(lambda _: None)
    late.cancel()
    line.dataReceived(b"2 3\nx\n\n2 =0\n")
    assert talk.heard == []


def test_nonsense_ends_it() -> None:
    """Also an answer that nobody has asked for."""
    for said in (b"nonsense\n", b"1 =0\n"):
        talk = Talk()
        line = talk.line()
        line.dataReceived(GREETING + said)
        assert talk.wire.aborted


def test_a_log(tmp_path: Path) -> None:
    """A descriptor of our own goes with the order: the node's may be closed by then."""
    talk = Talk()
    line = talk.line()
    line.dataReceived(GREETING)
    with (tmp_path / "log").open("wb") as file:
        found = talk.ask(line, b"{}", file.fileno())
        own = file.fileno()
    (sent,) = talk.wire.descriptors
    assert sent != own
    assert talk.wire.sent.endswith(b"1+ {}\n")
    assert os.fstat(sent)
    line.dataReceived(b"1 =0\n")
    assert found == [Ended(0, ())]
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(sent)


def test_no_way_for_a_log(tmp_path: Path) -> None:
    """Where descriptors cannot come, such orders are given back."""
    talk = Talk()
    line = talk.line()
    with (tmp_path / "log").open("wb") as file:
        found = talk.ask(line, b"{}", file.fileno())
    line.dataReceived(json.dumps({"result": {"passes": False}}).encode() + b"\n")
    assert found == [None]
    assert not line.passes


def test_closed_with_the_node() -> None:
    """What is under way goes on, and nobody is told of it."""
    talk = Talk()
    line = talk.line()
    line.dataReceived(GREETING)
    found = talk.ask(line)
    closed = line.close()
    assert talk.wire.aborted
    line.connectionLost()
    assert closed.called
    assert (found, talk.gone) == ([], [])
    assert not talk.clock.getDelayedCalls()
