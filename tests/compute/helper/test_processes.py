"""Who belongs to a launch."""

import os
import signal
import subprocess
import sys

import pytest

from aen.compute.helper.processes import (
    Process,
    Root,
    alive,
    boot_id,
    members,
    parse_stat,
    process_table,
    read_mark,
    read_process,
    signal_root,
)


def table(*rows: tuple[int, int, int]) -> dict[int, Process]:
    """Return a table of (pid, parent, session), each started at its pid."""
    return {pid: Process(pid, parent, session, pid) for pid, parent, session in rows}


def test_stat_is_read_whatever_the_name() -> None:
    """A process may call itself anything."""
    fields = " ".join(["S", "7", "5", "5", *["0"] * 15, "4711", "0"])
    found = parse_stat(f"12 (a) b (c) {fields}")
    assert found == Process(12, 7, 5, 4711)
    assert parse_stat(f"12 (x) {fields.replace('S', 'Z', 1)}").ended


@pytest.mark.parametrize(
    ("rows", "marks", "root", "expected"),
    [
        # the supervisor's descendants, whatever their session
        (
            [(10, 1, 10), (11, 10, 10), (12, 11, 12), (20, 1, 20)],
            {},
            Root(10, 10),
            {10, 11, 12},
        ),
        # its session, though it is dead itself
        ([(11, 1, 10), (20, 1, 20)], {}, Root(10, 10), {11}),
        # its pid is another's by now: that session is another's too
        ([(10, 1, 10), (11, 10, 10)], {}, Root(10, 9), set()),
        # a mark, and what descends from the marked
        ([(30, 1, 30), (31, 30, 31)], {30: "l1"}, None, {30, 31}),
        ([(30, 1, 30)], {30: "l2"}, None, set()),
    ],
)
def test_members(
    rows: list[tuple[int, int, int]],
    marks: dict[int, str],
    root: Root | None,
    expected: set[int],
) -> None:
    """Descent, session and mark each find what the others miss."""
    assert members(table(*rows), marks, "l1", root) == expected


def test_our_own_process() -> None:
    """The kernel's table has us in it."""
    found = process_table()[os.getpid()]
    assert found.parent == os.getppid()
    assert alive(Root(found.pid, found.started))
    assert not alive(Root(found.pid, found.started - 1))
    assert read_process(2**22 + 1) is None
    assert read_mark(2**22 + 1) == ""
    assert len(boot_id()) == 36


def test_a_number_alone_names_no_process() -> None:
    """Whoever has a supervisor's number by now is left in peace."""
    argv = (sys.executable, "-S", "-c", "import time; time.sleep(60)")
    with subprocess.Popen(argv) as child:
        found = read_process(child.pid)
        assert found is not None
        root = Root(child.pid, found.started)
        assert not signal_root(Root(child.pid, found.started - 1), signal.SIGKILL)
        assert child.poll() is None
        assert signal_root(root, signal.SIGTERM)
        assert child.wait(10) == -signal.SIGTERM
    assert not signal_root(root, signal.SIGTERM)
