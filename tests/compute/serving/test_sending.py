"""Parts of files, as they are taken."""

import io
from typing import Any

from attrs import define, field

from aen.compute.serving.sending import Piece, Sending


@define
class Reader:
    """A request that keeps what is written."""

    written: list[bytes] = field(factory=list)
    producer: Any = None
    ends: list[str] = field(factory=list)

    def registerProducer(self, producer: Any, streaming: bool) -> None:  # noqa: FBT001, N802
        """Take the producer."""
        assert not streaming
        self.producer = producer

    def unregisterProducer(self) -> None:  # noqa: N802
        """Let it go."""
        self.producer = None

    def write(self, data: bytes) -> None:
        """Keep *data*."""
        self.written.append(data)

    def finish(self) -> None:
        """Note the good end."""
        self.ends.append("whole")

    def loseConnection(self) -> None:  # noqa: N802
        """Note the bad end."""
        self.ends.append("broken off")


def send(content: bytes, *pieces: Piece) -> tuple[Reader, io.BytesIO]:
    """Return what a reader got that took everything."""
    reader, file = Reader(), io.BytesIO(content)
    request: Any = reader
    Sending(request, file, pieces).start()
    while reader.producer is not None:
        reader.producer.resumeProducing()
    return reader, file


def test_pieces_come_in_turn() -> None:
    """With what stands before each; the file is closed."""
    pieces = (b"<", 1, 2), (b"", 0, 1), (b">", 0, 0)
    reader, file = send(b"abcdef", *pieces)
    assert b"".join(reader.written) == b"<bca>"
    assert reader.ends == ["whole"]
    assert file.closed


def test_little_is_in_memory() -> None:
    """However large the file."""
    reader, _ = send(b"x" * 1_000_000, (b"", 0, 1_000_000))
    assert max(map(len, reader.written)) <= 65536
    assert sum(map(len, reader.written)) == 1_000_000


def test_a_file_that_became_shorter() -> None:
    """Is not passed off as whole."""
    reader, file = send(b"abc", (b"", 0, 10))
    assert reader.ends == ["broken off"]
    assert file.closed


def test_a_reader_that_leaves() -> None:
    """Nothing is read for it any more."""
    reader, file = Reader(), io.BytesIO(b"abc")
    request: Any = reader
    sending = Sending(request, file, [(b"", 0, 3)])
    sending.start()
    sending.stopProducing()
    sending.resumeProducing()
    assert file.closed
    assert not reader.written
