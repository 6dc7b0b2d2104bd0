"""The access log."""

import stat
from io import BytesIO
from pathlib import Path

from twisted.internet.task import Clock
from twisted.logger import capturedLogs
from typing_extensions import Buffer

from aen.proxy.access_log import AccessLog, Entry, lines

ENTRY = Entry(1_700_000_000.5, "192.0.2.1", b"GET", b"/a", b"id-1", "unix:/x", 200, 42)
LINE = "2023-11-14T22:13:20.500Z 192.0.2.1 GET /a 200 42 0.000 unix:/x id-1\n"


def test_lines() -> None:
    """One line an entry; nothing in it can begin another."""
    assert lines([ENTRY]) == LINE.encode()
    odd = Entry(0.0, "", b"G\n", b"/a b\\\x1b[2J\xff", b"i", "unix:/a\nb")
    assert lines([ENTRY, odd]) == LINE.encode() + (
        b"1970-01-01T00:00:00.000Z - G\\x0a /a\\x20b\\x5c\\x1b[2J\\xff"
        b" 0 0 0.000 unix:/a\\x0ab i\n"
    )


def test_batches() -> None:
    """Lines are written together, late by the time said, or when they are many."""
    stream, clock = BytesIO(), Clock()
    log = AccessLog(stream, clock, seconds=2, most=3)
    log.add(ENTRY)
    log.add(ENTRY)
    clock.advance(1)
    assert stream.getvalue() == b""
    clock.advance(1)
    assert stream.getvalue() == LINE.encode() * 2
    for _ in range(3):
        log.add(ENTRY)
    assert stream.getvalue() == LINE.encode() * 5
    assert clock.getDelayedCalls() == []
    log.add(ENTRY)
    log.close()
    assert stream.getvalue() == LINE.encode() * 6
    assert clock.getDelayedCalls() == []


def test_a_file_that_was_moved_away(tmp_path: Path) -> None:
    """It is opened anew; a file already there is continued."""
    path, clock = tmp_path / "access.log", Clock()
    path.write_text("before\n")
    log = AccessLog(path, clock)
    log.add(ENTRY)
    clock.advance(1)
    path.rename(tmp_path / "old.log")
    log.add(ENTRY)
    clock.advance(1)
    log.add(ENTRY)
    clock.advance(1)
    log.close()
    assert (tmp_path / "old.log").read_text() == "before\n" + LINE
    assert path.read_text() == LINE * 2


def test_a_full_disk(tmp_path: Path) -> None:
    """Lines are lost, requests are not; it goes on when it can."""
    path, clock = tmp_path / "not" / "there", Clock()
    log = AccessLog(path, clock)
    with capturedLogs() as said:
        for _ in range(2):
            log.add(ENTRY)
            clock.advance(1)
    assert len(said) == 1
    path.parent.mkdir()
    log.add(ENTRY)
    log.close()
    assert path.read_text() == LINE


def test_a_file_that_cannot_be_opened_anew(tmp_path: Path) -> None:
    """It is tried again with each batch, also when somebody else makes it."""
    path, clock = tmp_path / "access.log", Clock()
    log = AccessLog(path, clock)
    log.add(ENTRY)
    clock.advance(1)
    path.unlink()
    path.mkdir()
    log.add(ENTRY)
    clock.advance(1)
    path.rmdir()
    path.touch()
    log.add(ENTRY)
    clock.advance(1)
    log.close()
    assert path.read_text() == LINE


def test_what_comes_after_the_end(tmp_path: Path) -> None:
    """Connections may outlive the log by a moment: their lines are still written."""
    path, clock = tmp_path / "access.log", Clock()
    log = AccessLog(path, clock)
    log.close()
    log.add(ENTRY)
    assert path.read_text() == LINE
    assert clock.getDelayedCalls() == []


def test_who_may_read_it(tmp_path: Path) -> None:
    """Not everybody: it tells who has asked for what."""
    path = tmp_path / "access.log"
    log = AccessLog(path, Clock())
    log.add(ENTRY)
    log.close()
    assert path.stat().st_mode & stat.S_IRWXO == 0


def test_several_processes_share_a_file(tmp_path: Path) -> None:
    """A batch is one write, however long: no line of another falls into it."""
    path, clock = tmp_path / "a.log", Clock()
    logs = [AccessLog(path, clock), AccessLog(path, clock)]
    for log in logs * 2:
        for _ in range(1500):
            log.add(ENTRY)
        log.flush()
        assert path.stat().st_size % len(LINE) == 0
    assert path.read_text() == LINE * 6000
    for log in logs:
        log.close()


def test_a_disk_that_takes_a_part() -> None:
    """The rest is written after it: no line is cut where another begins."""

    class Nearly(BytesIO):
        def write(self, data: Buffer) -> int:
            return super().write(bytes(data)[:7])

    stream, clock = Nearly(), Clock()
    log = AccessLog(stream, clock)
    log.add(ENTRY)
    log.close()
    assert stream.getvalue() == LINE.encode()
