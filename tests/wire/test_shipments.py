"""Pieces of a project between roles: whole, or refused."""

import pytest

from aen.model.errors import Invalid
from aen.wire.shipments import PIECE, PieceQuestion, packed, read_piece

QUESTION = PieceQuestion("p1", "s1", 7)


@pytest.mark.parametrize("content", [b"", b"hello", b"\n{}\n", bytes(PIECE)])
def test_a_piece_arrives_as_it_is(content: bytes) -> None:
    """Whatever is in it, and which one it is."""
    body = packed(QUESTION, content)
    assert len(body) < 1_048_576  # what a call may have
    piece = read_piece(body)
    assert piece.content == content
    head = piece.head
    assert (head.project_id, head.shipment, head.number) == ("p1", "s1", 7)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}\nhello",
        packed(QUESTION, b"hello")[:-1],
        packed(QUESTION, b"hello") + b"!",
        packed(QUESTION, b"hello")[:-1] + b"!",
        packed(QUESTION, b"hello").replace(b"\n", b" "),
    ],
)
def test_a_piece_that_is_not_whole(body: bytes) -> None:
    """What was cut off on the way does not count as the end."""
    with pytest.raises(Invalid):
        read_piece(body)
