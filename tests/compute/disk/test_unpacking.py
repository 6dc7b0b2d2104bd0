"""Streams that lie: each ends with a refusal, and nothing is made outside."""

import os
from pathlib import Path

import pytest

from aen.compute.disk import freight, unpacking
from aen.compute.disk.freight import Outlet, Totals
from aen.compute.disk.unpacking import demand_room
from aen.compute.disk.walk import DEEPEST, Refused, opened
from tests.compute.disk.streams import Make, entry, stream, unpacked


def twice(out: Outlet) -> None:
    """Write a link, then a file of its name: what follows it would be overwritten."""
    out.put(freight.LINK, entry("x", text="/tmp/victim"))
    out.put(freight.FILE, entry("x"))
    out.put(freight.END)


def through_a_link(out: Outlet) -> None:
    """Enter a directory that is a link."""
    out.put(freight.LINK, entry("x", text="/tmp"))
    out.put(freight.DIRECTORY, entry("x"))


def left_too_often(out: Outlet) -> None:
    """Leave the project itself."""
    out.put(freight.LEAVE)


def content_without_a_file(out: Outlet) -> None:
    """Write to nothing."""
    out.put(freight.CONTENT, b"hello")


def entry_in_a_file(out: Outlet) -> None:
    """Begin something in a file."""
    out.put(freight.FILE, entry("x"))
    out.put(freight.DIRECTORY, entry("y"))


def nothing_for_ever(out: Outlet) -> None:
    """Write content of no bytes."""
    out.put(freight.FILE, entry("x"))
    out.put(freight.CONTENT, b"")


def a_hole_larger_than_any(out: Outlet) -> None:
    """Claim a file larger than any disk."""
    out.put(freight.FILE, entry("x"))
    for _ in range(3):
        out.hole(freight.LARGEST_FILE // 2)
    out.put(freight.END)


def deeper_than_any(out: Outlet) -> None:
    """Enter directories until there are no descriptors."""
    for _ in range(DEEPEST + 1):
        out.put(freight.DIRECTORY, entry("d"))


def a_device(out: Outlet) -> None:
    """Make what there is no word for."""
    out.put(b"b", entry("sda"))


def not_left(out: Outlet) -> None:
    """End inside of a directory."""
    out.put(freight.DIRECTORY, entry("d"))


@pytest.mark.parametrize(
    "make",
    [
        twice,
        through_a_link,
        left_too_often,
        content_without_a_file,
        entry_in_a_file,
        nothing_for_ever,
        a_hole_larger_than_any,
        deeper_than_any,
        a_device,
        not_left,
    ],
)
def test_a_stream_that_lies(make: Make, tmp_path: Path) -> None:
    """It ends there, whatever comes after it."""
    with pytest.raises(Refused):
        unpacked(stream(make, Totals(1, 0)), tmp_path / "new")
    assert not Path("/tmp/victim").exists()


@pytest.mark.parametrize(
    "totals", [None, Totals(0, 5), Totals(2, 5), Totals(1, 4), Totals(1, 6)]
)
def test_less_or_more_than_was_packed(totals: Totals | None, tmp_path: Path) -> None:
    """Half a project is none."""

    def make(out: Outlet) -> None:
        out.put(freight.FILE, entry("x"))
        out.put(freight.CONTENT, b"hello")
        out.put(freight.END)

    content = stream(make, totals)
    with pytest.raises(Refused):
        unpacked(content, tmp_path / "new")


def test_a_disk_that_would_be_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others keep some room, and files they can make."""
    free = os.statvfs(tmp_path)
    here = free.f_bavail * free.f_frsize
    with opened(os.open(tmp_path, os.O_RDONLY)) as directory:
        demand_room(directory, 0)
        with pytest.raises(Refused, match="too little room"):
            demand_room(directory, here)
        monkeypatch.setattr(unpacking, "_NODES", free.f_favail + (1 << 40))
        if free.f_files:
            with pytest.raises(Refused, match="too little room"):
                demand_room(directory, 0)


def test_room_is_looked_at_on_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not only before: a stream says nothing true of how long it is."""
    looks: list[int] = []

    def look(directory: int, wanted: int) -> None:
        looks.append(wanted)
        if len(looks) == 3:
            raise Refused("too little room")

    monkeypatch.setattr(unpacking, "demand_room", look)
    monkeypatch.setattr(unpacking, "_LOOK_BYTES", 10)

    def make(out: Outlet) -> None:
        out.put(freight.FILE, entry("x"))
        for _ in range(100):
            out.put(freight.CONTENT, b"12345678")

    with pytest.raises(Refused, match="too little room"):
        unpacked(stream(make, Totals(1, 800)), tmp_path / "new")
    assert (tmp_path / "new/x").stat().st_size <= 32
