"""What a folder holds, a page at a time, however much it is."""

import base64
import binascii
import heapq
import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from attrs import frozen

from aen.compute.apps.files.addresses import OURS, href, shown
from aen.compute.apps.files.inside import Found
from aen.compute.apps.files.refusals import Refusal
from aen.compute.disk.walk import opened

_KINDS = {stat.S_IFREG: "file", stat.S_IFDIR: "folder", stat.S_IFLNK: "link"}


@frozen
class Entry:
    """One thing in a folder."""

    name: str
    kind: str
    """``file``, ``folder``, ``link`` or ``other``."""
    size: int
    """Bytes; 0 where that says nothing."""
    modified: float
    """Seconds since the epoch."""
    mode: int
    target: str = ""
    """Where a link leads."""

    def to_json(self) -> dict[str, Any]:
        """Return it as programs are told."""
        slash = "/" if self.kind == "folder" else ""
        said: dict[str, Any] = {
            "name": shown(self.name),
            "href": href(self.name) + slash,
            "kind": self.kind,
            "size": self.size,
            "modified": moment(self.modified),
            "mode": f"{self.mode:04o}",
        }
        return said | ({"target": shown(self.target)} if self.kind == "link" else {})


@frozen
class Page:
    """Some of what is in a folder, by name; *after*: more follows behind that name."""

    entries: tuple[Entry, ...]
    after: str | None = None

    def to_json(self, way: str) -> dict[str, Any]:
        """Return it as lists of the platform's API are."""
        return {
            "path": shown(way),
            "items": [one.to_json() for one in self.entries],
            "next": None if self.after is None else cursor_of(self.after),
        }


def cursor_of(name: str) -> str:
    """Return a word that stands for a place in a folder; it is safe anywhere."""
    return base64.urlsafe_b64encode(os.fsencode(name)).decode().rstrip("=")


def name_of(cursor: str) -> str:
    """Return the name that a cursor stands for.

    :raises Refusal: it is none of ours.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        return os.fsdecode(base64.b64decode(padded, b"-_", validate=True))
    except (ValueError, binascii.Error):
        raise Refusal(400, "“after” is not what “next” of a list was.") from None


def number(text: str | None, most: int) -> int:
    """Return how many are wanted at once, *most* where nobody says.

    :raises Refusal: it is no such number.
    """
    if text is None:
        return most
    if not (text.isascii() and text.isdecimal()) or not 1 <= int(text[:9]) <= most:
        raise Refusal(400, f"“limit” must be a number from 1 to {most}.")
    return int(text)


def moment(seconds: float) -> str:
    """Return a time as the platform's API writes it."""
    try:
        when = datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):  # files may be of any year
        when = datetime.fromtimestamp(0, UTC)
    return when.isoformat().replace("+00:00", "Z")


def list_folder(folder: int, after: str, limit: int, looked_at: int) -> Page:
    """Return the first *limit* names behind *after*; only so many are ever held.

    :param folder: a descriptor that can be read.
    :raises Refusal: there is more in it than can be looked at.
    :raises OSError: as the system says.
    """
    first = heapq.nsmallest(
        limit + 1, (name for name in _names(folder, looked_at) if name > after)
    )
    found = (entry_of(folder, name) for name in first[:limit])
    entries = tuple(one for one in found if one is not None)
    return Page(entries, first[limit - 1] if len(first) > limit else None)


def _names(folder: int, most: int) -> Iterator[str]:
    with os.scandir(folder) as found:
        for count, one in enumerate(found):
            if count >= most:
                raise Refusal(409, f"There are more than {most} names in this folder.")
            if not one.name.startswith(OURS):
                yield one.name


def entry_of(folder: int, name: str) -> Entry | None:
    """Return what is called *name*; None: it went away."""
    try:
        about = os.stat(name, dir_fd=folder, follow_symlinks=False)
        link = stat.S_ISLNK(about.st_mode)
        target = os.readlink(name, dir_fd=folder) if link else ""
    except OSError:
        return None
    kind = _KINDS.get(stat.S_IFMT(about.st_mode), "other")
    size = about.st_size if kind == "file" else 0
    mode = stat.S_IMODE(about.st_mode)
    return Entry(name, kind, size, about.st_mtime, mode, target)


def open_folder(found: Found) -> int:
    """Return a descriptor that can be listed, of a folder that was asked for.

    :raises Refusal: there is nothing, or no folder.
    """
    descriptor, _ = found.there()
    if not found.is_folder:
        raise Refusal(409, f"{found.way} is no folder.")
    return read_folder(descriptor)


def read_folder(descriptor: int) -> int:
    """Return a descriptor that can be listed, of a folder known by its path alone."""
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
    return os.open(".", flags, dir_fd=descriptor)


def list_below(descriptor: int, after: str, limit: int, looked_at: int) -> Page:
    """Return a page of the folder that *descriptor* names; see `list_folder`."""
    with opened(read_folder(descriptor)) as folder:
        return list_folder(folder, after, limit, looked_at)
