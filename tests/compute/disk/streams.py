"""Streams of a project's files in memory, good ones and others."""

import os
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from aen.compute.disk import freight
from aen.compute.disk.freight import Entry, Outlet, Totals
from aen.compute.disk.packing import pack
from aen.compute.disk.unpacking import Owners, unpack
from aen.compute.disk.walk import opened

Make = Callable[[Outlet], object]


def stream(make: Make, totals: Totals | None = None) -> bytes:
    """Return what *make* writes, with a last record of *totals* if they are given."""

    def write(writing: int) -> None:
        with closing(Outlet(writing, lambda: None)) as out:
            make(out)
            if totals is not None:
                out.end(totals)

    return _through(write)


def packed(project: Path, people: dict[int, str] | None = None) -> bytes:
    """Return a project as it is packed."""
    with opened(os.open(project, os.O_RDONLY)) as directory:
        return _through(lambda writing: pack(directory, people, writing))


def _through(work: Callable[[int], object]) -> bytes:
    """Return what *work* writes to a descriptor; raise what it raises."""
    reading, writing = os.pipe()
    raised: list[BaseException] = []

    def run() -> None:
        try:
            work(writing)
        except BaseException as error:  # noqa: BLE001 -- raised where it is seen
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    with os.fdopen(reading, "rb") as file:
        content = file.read()
    thread.join()
    if raised:
        raise raised[0]
    return content


def unpacked(
    content: bytes, target: Path, owners: Owners | None = None
) -> dict[str, Any]:
    """Unpack *content* into *target*, which is made."""
    target.mkdir(mode=0o700)
    reading, writing = os.pipe()

    def feed() -> None:
        with suppress(BrokenPipeError), os.fdopen(writing, "wb", 0) as file:
            left = memoryview(content)
            while left:
                left = left[file.write(left) :]

    thread = threading.Thread(target=feed)
    thread.start()
    try:
        with opened(os.open(target, os.O_RDONLY)) as directory:
            return unpack(directory, owners, reading)
    finally:
        thread.join()


def entry(name: str, mode: int = 0o660, **more: Any) -> bytes:
    """Return the record of an entry."""
    return freight.written(Entry(name, mode, 5, **more))
