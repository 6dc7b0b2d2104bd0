"""What a process that renders is told, and what it answers. Pure."""

import enum
import json
import struct
from typing import Any, Final

from attrs import asdict, field, frozen

from aen.compute.apps.viewer.rendering.links import Place

_LENGTHS: Final = struct.Struct(">II")
HEAD: Final = _LENGTHS.size


class Unreadable(Exception):
    """A file is not what its name says; the text says why, for people."""


class View(enum.Enum):
    """As what a file is rendered."""

    NOTEBOOK = "notebook"
    MARKDOWN = "markdown"
    TABLE = "table"
    SOURCE = "source"


@frozen
class Job:
    """A file to be rendered."""

    view: View
    name: str
    """Its name, which says what language it is."""
    place: Place
    content: bytes = field(repr=False)
    cut: bool = False
    """Whether *content* is only the file's beginning."""
    plain: bool = False
    """Whether source gets no colours."""


@frozen
class Rendered:
    """What has become of it: HTML that can do nothing, and what is to be said of it."""

    html: str = field(repr=False)
    notes: tuple[str, ...] = ()
    problem: str = ""
    """Why there is no HTML, for people."""

    @property
    def size(self) -> int:
        """About how much memory it takes."""
        return 2 * len(self.html) + 500


def lengths_of(head: bytes) -> tuple[int, int]:
    """Return how long the two parts are that follow a head."""
    about, body = _LENGTHS.unpack(head)
    return about, body


def _packed(about: dict[str, Any], body: bytes) -> bytes:
    said = json.dumps(about).encode("ascii")
    return _LENGTHS.pack(len(said), len(body)) + said + body


def pack_job(job: Job) -> bytes:
    """Return *job* as it is written to a process."""
    about = {
        "view": job.view.value,
        "name": job.name,
        "place": asdict(job.place),
        "cut": job.cut,
        "plain": job.plain,
    }
    return _packed(about, job.content)


def unpack_job(about: bytes, body: bytes) -> Job:
    """Return what `pack_job` has written."""
    said = json.loads(about)
    place = Place(**said["place"])
    view = View(said["view"])
    return Job(view, said["name"], place, body, said["cut"], said["plain"])


def pack_rendered(done: Rendered) -> bytes:
    """Return *done* as a process writes it."""
    about = {"notes": done.notes, "problem": done.problem}
    return _packed(about, done.html.encode("utf-8", "replace"))


def unpack_rendered(about: bytes, body: bytes) -> Rendered:
    """Return what `pack_rendered` has written."""
    said = json.loads(about)
    return Rendered(body.decode("utf-8"), tuple(said["notes"]), said["problem"])
