"""What travels between nodes: written, read, and refused where it could harm."""

import json
import os
import struct
from contextlib import closing

import pytest

from aen.compute.disk import freight
from aen.compute.disk.freight import Entry, Inlet, Outlet, Totals
from aen.compute.disk.walk import Refused

GOOD = {"name": "notes", "mode": 0o640, "time": 5, "who": "ada"}


@pytest.mark.parametrize(
    "entry",
    [
        Entry("notes", 0o640, 5, "ada"),
        Entry("näme with\nline", 0o777, -7),
        Entry(os.fsdecode(b"\xff\xfe"), 0, 0),
        Entry("link", 0o777, 1, "", os.fsdecode(b"../\xff")),
    ],
)
def test_what_is_written_is_read(entry: Entry) -> None:
    """Any name that a disk can have, and where a link points."""
    record = freight.written(entry)
    assert freight.read_entry(record, link=bool(entry.text)) == entry


def test_set_id_bits_do_not_travel() -> None:
    """Only the nine bits of who may what."""
    record = freight.written(Entry("x", 0o6755, 0))
    assert freight.read_entry(record).mode == 0o755


@pytest.mark.parametrize(
    ("change", "link"),
    [
        ({"name": ""}, False),
        ({"name": "."}, False),
        ({"name": ".."}, False),
        ({"name": "a/b"}, False),
        ({"name": "/etc"}, False),
        ({"name": "a\0b"}, False),
        ({"name": "a" * 256}, False),
        ({"name": "ä" * 128}, False),
        ({"name": "\ud800"}, False),
        ({"name": 7}, False),
        ({"name": None}, False),
        ({"mode": 0o4755}, False),
        ({"mode": -1}, False),
        ({"mode": True}, False),
        ({"mode": "640"}, False),
        ({"time": 1 << 63}, False),
        ({"time": 0.5}, False),
        ({"who": "root:x"}, False),
        ({"who": "a" * 40}, False),
        ({"who": None}, False),
        ({}, True),
        ({"text": ""}, True),
        ({"text": "a\0"}, True),
        ({"text": "a" * 4096}, True),
    ],
)
def test_what_may_not_be(change: dict[str, object], *, link: bool) -> None:
    """Each is refused before anything is made."""
    with pytest.raises(Refused):
        freight.read_entry(json.dumps({**GOOD, **change}).encode(), link=link)


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"[" * 100_000, b"\xff", b"7"])
def test_what_is_no_record(content: bytes) -> None:
    """Garbage is refused as an entry and as totals."""
    with pytest.raises(Refused):
        freight.read_entry(content)
    with pytest.raises(Refused):
        freight.read_totals(content)


def test_records_through_a_pipe() -> None:
    """What goes in at one end comes out at the other, and is counted."""
    reading, writing = os.pipe()
    alive: list[int] = []
    out = Outlet(writing, lambda: alive.append(1))
    out.put(freight.CONTENT, b"hello")
    out.hole(1 << 40)
    out.end(Totals(2, 5))
    out.close()
    counts: list[int] = []
    with closing(Inlet(reading, counts.append)) as inlet:
        _read(inlet)
    assert len(alive) == 3
    assert counts == sorted(counts)


def _read(inlet: Inlet) -> None:
    inlet.begin()
    assert inlet.record() == (freight.CONTENT, b"hello")
    kind, hole = inlet.record()
    assert (kind, freight.read_hole(hole)) == (freight.HOLE, 1 << 40)
    kind, last = inlet.record()
    assert (kind, freight.read_totals(last)) == (freight.LAST, Totals(2, 5))
    with pytest.raises(Refused, match="broke off"):
        inlet.record()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"AEN",
        b"PK\x03\x04" * 8,
        freight.MAGIC + b"c",
        freight.MAGIC + struct.pack(">cI", b"c", 10) + b"short",
        freight.MAGIC + struct.pack(">cI", b"c", freight.BLOCK + 1) + b"x" * 9,
        freight.MAGIC + struct.pack(">cI", b"c", 0xFFFFFFFF),
    ],
)
def test_a_stream_that_is_none(content: bytes) -> None:
    """No more is read than a record may have, and a half one is none."""
    reading, writing = os.pipe()
    os.write(writing, content)
    os.close(writing)
    with closing(Inlet(reading, lambda _: None)) as inlet, pytest.raises(Refused):
        _first(inlet)


def _first(inlet: Inlet) -> None:
    inlet.begin()
    inlet.record()


@pytest.mark.parametrize("content", [b"", b"\0" * 7, b"\0" * 9])
def test_a_hole_that_is_none(content: bytes) -> None:
    """A hole has a length and nothing else."""
    with pytest.raises(Refused):
        freight.read_hole(content)
