"""The attendant by itself, at its two pipes."""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from attrs import define, field

from aen.compute.helper.calling import LONGEST
from aen.compute.helper.processes import process_table
from aen.compute.programs.attendant_line import End, Frames, Piece
from aen.compute.programs.steps import by_root
from tests.compute.accounts import processes_of
from tests.compute.helper.helped import L1, PYTHON, Helped
from tests.waiting import until

pytestmark = [pytest.mark.root, pytest.mark.system]

_SHORT = (
    "import sys; sys.path.insert(0, sys.argv[1]); sys.argv[0] = 'aen';"
    " from aen.compute.helper import __main__ as program, attending;"
    " attending.attend.__defaults__ = (0.3,); sys.exit(program.direct(sys.argv[2]))"
)
"""The helper, with little patience where nobody asks."""


@define
class Talk:
    """An attendant and what it has said."""

    program: "subprocess.Popen[bytes]"
    ours: socket.socket
    frames: Frames = field(factory=Frames)
    said: dict[int, bytes] = field(factory=dict)
    ended: dict[int, int | None] = field(factory=dict)

    def ask(self, number: int, request: object, log: int | None = None) -> None:
        """Ask for something."""
        text = request if isinstance(request, bytes) else json.dumps(request).encode()
        if log is None:
            self.ours.sendall(b"%d %s\n" % (number, text))
        else:
            socket.send_fds(self.ours, [b"%d+ %s\n" % (number, text)], [log])

    def hear(self, number: int) -> list[dict[str, Any]]:
        """Return what comes of a request, once it has ended."""
        while number not in self.ended:
            data = self.ours.recv(65536)
            assert data, self.said
            for frame in self.frames.feed(data):
                if isinstance(frame, Piece):
                    self.said[frame.number] = (
                        self.said.get(frame.number, b"") + frame.content
                    )
                elif isinstance(frame, End):
                    self.ended[frame.number] = frame.status
        return [json.loads(line) for line in self.said.get(number, b"").splitlines()]

    def children(self) -> list[int]:
        """Return the pids of requests under way."""
        own = self.program.pid
        return [pid for pid, one in process_table().items() if one.parent == own]


@contextmanager
def attendant(helped: Helped, *argv: str, errors: int | None = None) -> Iterator[Talk]:
    """Start one at a socket."""
    ours, theirs = socket.socketpair()
    argv = argv or by_root(str(helped.settings)).argv
    program = subprocess.Popen(
        argv, stdin=theirs.fileno(), stdout=theirs.fileno(), stderr=errors, env={}
    )
    with program, ours:
        theirs.close()
        ours.sendall(b'{"verb": "attend"}\n')
        assert json.loads(ours.recv(4096)) == {"result": {"passes": True}}
        yield Talk(program, ours)


def test_many_requests_by_one_program(helped: Helped) -> None:
    """Each is checked and has its line in the log, as those of calls by themselves."""
    one = helped.people[0]
    with attendant(helped) as talk:
        talk.ask(1, {"verb": "account", "user": one.name})
        assert talk.hear(1)[-1]["result"]["uid"] == one.uid
        talk.ask(2, {"verb": "account", "user": "root"})
        talk.ask(3, {"verb": "nonsense"})
        talk.ask(4, {"verb": "account", "user": one.name, "uid": 0})
        talk.ask(5, b"{")
        talk.ask(6, {"verb": "attend"})
        talk.ask(7, {**helped.order(L1, one, "/bin/true"), "verb": "tool"})
        talk.ask(8, helped.order(L1, one, "/bin/true"))
        errors = {number: talk.hear(number)[-1]["error"] for number in range(2, 9)}
        assert list(talk.ended.values()) == [0, 1, 1, 1, 1, 1, 1, 1]
    assert talk.program.returncode == 0
    assert "is the administrator's" in errors[2]
    assert errors[3] == "There is no such verb."
    assert "“uid” is no argument" in errors[4]
    assert errors[5] == "The request is not JSON."
    for number in (6, 7, 8):
        assert "cannot be asked for in this way" in errors[number]
    outcomes = sorted(line["outcome"] for line in helped.audit)
    assert outcomes == sorted(["done", "done", *errors.values()])


def test_settings_are_those_of_the_moment(helped: Helped) -> None:
    """A platform whose settings are locked down does not go on by the old ones."""
    name = "aentnobodyhere"
    helped.set(manage_accounts=False)
    with attendant(helped) as talk:
        talk.ask(1, {"verb": "account", "user": name})
        assert "There is no account" in talk.hear(1)[-1]["error"]
        helped.settings.chmod(0o666)
        talk.ask(2, {"verb": "probe"})
        assert "chmod go-w" in talk.hear(2)[-1]["error"]


def test_a_request_that_is_too_long(helped: Helped) -> None:
    """It is refused, not kept; the next one is as good as ever."""
    with attendant(helped) as talk:
        talk.ask(1, b'{"verb": "' + b"x" * (2 * LONGEST))
        assert "more than" in talk.hear(1)[-1]["error"]
        talk.ask(2, {"verb": "probe"})
        assert talk.hear(2)[-1]["result"]["uid"] == 0
    assert len(helped.audit) == 3


@pytest.mark.parametrize("line", [b"x {}\n", b"\n", b"1+ {}\n", b"-1 {}\n"])
def test_what_is_no_request_ends_it(helped: Helped, line: bytes) -> None:
    """Whoever says such things is not understood any more."""
    with attendant(helped, errors=subprocess.PIPE) as talk:
        talk.ours.sendall(line + b'2 {"verb": "probe"}\n')
        assert talk.ours.recv(4096) == b""
        assert talk.program.wait(10) == 0
        assert talk.program.stderr is not None
        assert b"attendant: " in talk.program.stderr.read()
    assert [one["verb"] for one in helped.audit] == ["attend"]


def long_output(helped: Helped) -> dict[str, str]:
    """Make a project whose list of packages is long; return what asks for it."""
    owner = helped.people[0].name
    place = helped.project(helped.people[0]) / "envs"
    for number in range(50):
        records = place / f"e{number}" / "conda-meta"
        records.mkdir(parents=True)
        for package in range(100):
            (records / f"package-{package}-{'1' * 100}-0.json").touch()
    return {"verb": "environments", "owner": owner, "name": "lab"}


def test_lines_of_two_at_once(helped: Helped) -> None:
    """However long: each hears its own, whole."""
    request = long_output(helped)
    expected = helped.lines(request)[-1]
    assert len(expected["result"]) == 50, expected
    with attendant(helped) as talk:
        for number in range(6):
            talk.ask(number, request)
        for number in range(6):
            assert talk.hear(number) == [expected]


def test_an_app_with_its_log(helped: Helped, tmp_path: Path) -> None:
    """The descriptor that came with the order is what it writes to; nothing else."""
    one = helped.people[0]
    look = "import os, time; print(sorted(map(int, os.listdir('/proc/self/fd')))[:-1],"
    look += " flush=True); time.sleep(100)"
    log = tmp_path / "log"
    with attendant(helped) as talk, log.open("wb") as file:
        for number in range(3):  # other requests are under way
            talk.ask(number, {"verb": "probe"})
        order = helped.order(L1, one, PYTHON, "-S", "-c", look)
        talk.ask(7, order, file.fileno())
        talk.ask(8, {"verb": "probe"}, file.fileno())
        assert talk.hear(7)[-1]["result"]["pid"]
        assert "cannot be asked for in this way" in talk.hear(8)[-1]["error"]
        until(lambda: log.read_text() == "[0, 1, 2]\n", "the app is up", 10)
    assert talk.program.returncode == 0  # the app holds nothing of its
    assert processes_of(one.uid)
    helped.call("kill", launches=[L1])
    assert not processes_of(one.uid)


def an_app(helped: Helped, launch: str) -> None:
    """Start an app that takes its time to end."""
    text = (
        "import signal, time; signal.signal(15, signal.SIG_IGN); print(1, flush=True);"
        " time.sleep(100)"
    )
    helped.spawn(launch, helped.people[0], PYTHON, "-S", "-c", text)


def test_killed_in_the_middle(helped: Helped) -> None:
    """What is under way ends with it, as a call that is killed."""
    request = long_output(helped)
    with attendant(helped) as talk:
        for number in range(5):
            talk.ask(number, request)
        until(lambda: not _grows(talk.program.pid), "nobody reads: they wait", 30)
        children = talk.children()
        assert children
        os.kill(talk.program.pid, signal.SIGKILL)
        until(lambda: not any(map(_runs, children)), "they have ended too", 10)


def _runs(pid: int) -> bool:
    found = process_table().get(pid)
    return found is not None and not found.ended


def test_its_input_ends_while_it_works(helped: Helped) -> None:
    """What is under way is done; then it is gone."""
    one = helped.people[0]
    an_app(helped, L1)
    with attendant(helped) as talk:
        talk.ask(1, {"verb": "kill", "launches": [L1]})
        talk.ours.shutdown(socket.SHUT_WR)
        talk.hear(1)
    assert not processes_of(one.uid)
    assert [line["outcome"] for line in helped.audit if line["verb"] == "kill"] == [
        "done"
    ]


def test_nobody_listens(helped: Helped) -> None:
    """A node that has gone is no reason to leave something half done."""
    one = helped.people[0]
    an_app(helped, L1)
    with attendant(helped) as talk:
        talk.ask(1, {"verb": "kill", "launches": [L1]})
        talk.ours.close()
        assert talk.program.wait(20) == 0
    assert not processes_of(one.uid)


def test_nobody_reads(helped: Helped) -> None:
    """It keeps little, and goes on when somebody does."""
    request = long_output(helped)
    length = len(json.dumps(helped.lines(request)[-1]))
    with attendant(helped) as talk:
        number = 3 * 1024 * 1024 // length + 1
        for one in range(number):
            talk.ask(one, request)
        until(lambda: not _grows(talk.program.pid), "it waits for us", 30)
        for one in range(number):
            assert "result" in talk.hear(one)[-1]


def _grows(pid: int) -> bool:
    def ticks() -> int:
        return sum(map(int, Path(f"/proc/{pid}/stat").read_text().split()[13:15]))

    before = ticks()
    time.sleep(0.5)
    return ticks() != before


def test_nobody_asks(helped: Helped) -> None:
    """After a while it says good-bye: what it has not read is not done."""
    argv = by_root(str(helped.settings)).argv
    with attendant(helped, *argv[:3], "-c", _SHORT, *argv[5:]) as talk:
        talk.ask(1, {"verb": "probe"})
        talk.hear(1)
        assert talk.ours.recv(100) == b"bye\n"
        assert talk.ours.recv(100) == b""
        assert talk.program.wait(10) == 0


def test_ctrl_c_is_the_nodes(helped: Helped) -> None:
    """It ends by the end of its input alone."""
    with attendant(helped) as talk:
        talk.program.send_signal(signal.SIGINT)
        talk.program.send_signal(signal.SIGHUP)
        talk.ask(1, {"verb": "probe"})
        assert "result" in talk.hear(1)[-1]


def test_no_descriptors_by_plain_pipes(helped: Helped) -> None:
    """Where they cannot come it says so, and does the rest."""
    argv, pipe = by_root(str(helped.settings)).argv, subprocess.PIPE
    with subprocess.Popen(argv, stdin=pipe, stdout=pipe, env={}) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        program.stdin.write(b'{"verb": "attend"}\n')
        program.stdin.flush()
        assert json.loads(program.stdout.readline()) == {"result": {"passes": False}}
        program.stdin.write(b'7 {"verb": "nonsense"}\n')
        program.stdin.close()
        head, error, end = program.stdout.read().splitlines()
        assert head == b"7 %d" % (len(error) + 1)
        assert (json.loads(error)["kind"], end) == ("refused", b"7 =1")
