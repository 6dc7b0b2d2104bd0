"""What is in a project's trash, as it is noted there and as programs are told. Pure."""

import json
import re
from typing import Any, Final

from attrs import frozen

from aen.compute.apps.files.addresses import parse_path, shown
from aen.compute.apps.files.listing import moment
from aen.compute.apps.files.refusals import Refusal

_ID: Final = re.compile(r"[0-9a-f]{12}-[0-9a-f]{16}", re.ASCII)
_THOUSAND: Final = 1000
_LONGEST_NAME: Final = 100


@frozen
class Note:
    """From where something was taken, and by whom: what somebody has written down."""

    names: tuple[str, ...] = ()
    """From the project's folder on; empty: nobody can tell."""
    by: str = ""


@frozen
class Item:
    """One thing in the trash."""

    id: str
    note: Note
    by: str
    kind: str
    size: int
    at: float

    def to_json(self) -> dict[str, Any]:
        """Return it as programs are told."""
        return {
            "id": self.id,
            "path": shown("/".join(self.note.names)),
            "kind": self.kind,
            "size": self.size,
            "by": self.by,
            "at": moment(self.at),
        }


def new_id(now: float, token: str) -> str:
    """Return an id for what is thrown away *now*; later ones sort behind it.

    :param token: sixteen hexadecimal digits that nobody can guess.
    """
    return f"{int(now * _THOUSAND):012x}-{token}"


def is_id(text: str) -> bool:
    """Whether something in the trash can be called so."""
    return _ID.fullmatch(text) is not None


def check_id(text: str) -> str:
    """Return an id that somebody sent, or raise `Refusal`: nothing is called so."""
    if not is_id(text):
        raise Refusal(404, "There is no such thing in the trash.")
    return text


def time_of(item: str) -> float:
    """Return when something was thrown away, in seconds since the epoch."""
    return int(item.partition("-")[0], 16) / _THOUSAND


def write_note(note: Note) -> bytes:
    """Return a note as it is kept; names that are no UTF-8 come back as they were."""
    return json.dumps({"path": "/".join(note.names), "by": note.by}).encode("ascii")


def read_note(content: bytes) -> Note:
    """Return what is noted; others may have written anything there."""
    try:
        found = json.loads(content)
        path, by = found["path"], found["by"]
        names = parse_path(path)
        readable = shown(by[:_LONGEST_NAME])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, Refusal):
        return Note()
    return Note(names, readable)
