"""A project's files on their way to another node: what is asked, and pieces of them.

The server takes each piece from one node and brings it to the other, by calls that are
signed and bounded like any other: nobody holds more than a piece or two, and a call
whose answer was lost is made again. A piece travels as it is, behind a line of JSON.
"""

import hashlib
import json

from attrs import field, frozen

from aen.model.errors import Invalid
from aen.runtime.structure import unstructure
from aen.wire.call import parse
from aen.wire.messages import ProjectOnDisk

PIECE = 768 * 1024
"""Bytes of a piece; with its line they fit into a call."""


@frozen
class ShipmentQuestion:
    """About one project and one attempt to move it."""

    project: ProjectOnDisk
    shipment: str


@frozen
class Cargo:
    """What is to be moved, as the node that has it knows it."""

    root: str = ""
    """Its project root: environments name paths below it."""
    active: str = "default"
    """The active environment."""
    bytes: int = 0
    files: int = 0
    whole: bool = False
    """Whether all was counted."""


@frozen
class Expected:
    """Get ready for a project's files."""

    project: ProjectOnDisk
    shipment: str
    cargo: Cargo


@frozen
class Expecting:
    """The answer: whether all files are there already.

    They came with an earlier call, or are on a disk that both nodes see.
    """

    here: bool = False


@frozen
class PieceQuestion:
    """Which piece of a shipment: from 0 on, one after the other."""

    project_id: str
    shipment: str
    number: int


@frozen
class PieceHead:
    """What stands before a piece: which one it is, and how to tell that it is whole."""

    project_id: str
    shipment: str
    number: int
    size: int
    digest: str
    """SHA-256 of the bytes, in hexadecimal."""


@frozen
class Piece:
    """A piece of a shipment; after the last one comes one without content."""

    head: PieceHead
    content: bytes = field(repr=False)


def packed(of: PieceQuestion, content: bytes) -> bytes:
    """Return a piece as the body of an answer, and of a call."""
    digest = hashlib.sha256(content).hexdigest()
    head = PieceHead(of.project_id, of.shipment, of.number, len(content), digest)
    return json.dumps(unstructure(head)).encode() + b"\n" + content


def read_piece(body: bytes, kind: type[Piece] = Piece) -> Piece:
    """Return the piece in a body.

    :raises Invalid: there is none, or not all of it.
    """
    line, _, content = body.partition(b"\n")
    head = parse(line, PieceHead)
    whole = len(content) == head.size
    if not whole or hashlib.sha256(content).hexdigest() != head.digest:
        raise Invalid("The piece is not whole.")
    return kind(head, content)
