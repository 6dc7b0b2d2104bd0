"""What a folder holds, as people look at it: folders first, a page at a time."""

import heapq
import os
from collections.abc import Iterator
from typing import Final

from attrs import frozen

from aen.compute.apps.files.addresses import href, shown
from aen.compute.apps.files.listing import Entry, cursor_of, entry_of, name_of
from aen.compute.apps.files.refusals import Refusal

_FOLDER: Final = "0"
_OTHER: Final = "1"

Key = tuple[str, str, str]
"""What a folder is sorted by: folders or not, the name in small letters, the name."""


@frozen
class Row:
    """One thing in a folder."""

    name: str
    href: str
    kind: str
    size: int
    modified: float
    target: str = ""


@frozen
class Rows:
    """Some of what is in a folder; *after*: more follows behind that."""

    rows: tuple[Row, ...]
    after: str = ""


def list_rows(folder: int, after: str, limit: int, looked_at: int) -> Rows:
    """Return the first *limit* things behind *after*; dot files are not among them.

    :param folder: a descriptor that can be read.
    :raises Refusal: there is more in it than can be looked at.
    :raises OSError: as the system says.
    """
    least = _key_of(after)
    found = (key for key in _keys(folder, looked_at) if key > least)
    first = heapq.nsmallest(limit + 1, found)
    entries = (entry_of(folder, key[2]) for key in first[:limit])
    rows = tuple(_row(one) for one in entries if one is not None)
    more = len(first) > limit
    return Rows(rows, cursor_of("".join(first[limit - 1][::2])) if more else "")


def _keys(folder: int, most: int) -> Iterator[Key]:
    with os.scandir(folder) as found:
        for count, one in enumerate(found):
            if count >= most:
                raise Refusal(409, f"There are more than {most} names in this folder.")
            if not one.name.startswith("."):
                inner = one.is_dir(follow_symlinks=False)
                yield _FOLDER if inner else _OTHER, one.name.casefold(), one.name


def _key_of(cursor: str) -> Key:
    word = name_of(cursor)
    return word[:1], word[1:].casefold(), word[1:]


def _row(entry: Entry) -> Row:
    slash = "/" if entry.kind == "folder" else ""
    return Row(
        shown(entry.name),
        "./" + href(entry.name) + slash,
        entry.kind,
        entry.size,
        entry.modified,
        shown(entry.target),
    )
