"""Encryption with a passphrase."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aen.model.errors import Invalid
from aen.server.backup.sealing import (
    CHUNK,
    MAGIC,
    Cost,
    Sealer,
    Unsealer,
    check_head,
    check_passphrase,
)

CHEAP = Cost(log_n=2)
PHRASE = "a heron on the roof"
HEAD = len(MAGIC) + 3 + 16


def sealed(data: bytes, passphrase: str = PHRASE) -> bytes:
    """Return *data* as a file."""
    file = io.BytesIO()
    sealer = Sealer(file.write, passphrase, CHEAP)
    for start in range(0, len(data), 10_007):
        sealer.write(data[start : start + 10_007])
    sealer.close()
    return file.getvalue()


def opened(content: bytes, passphrase: str = PHRASE) -> bytes:
    """Return what is in a file."""
    reader, data = Unsealer(io.BytesIO(content), passphrase), b""
    while more := reader.read(9001):
        data += more
    return data


@pytest.mark.parametrize(
    "size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 5]
)
def test_what_goes_in_comes_out(size: int) -> None:
    """Also where it ends with a chunk."""
    data = bytes(number % 251 for number in range(size))
    content = sealed(data)
    assert opened(content) == data
    assert data[:100] not in content or size < 100


def test_each_file_has_keys_of_its_own() -> None:
    """The same twice gives nothing in common but the magic and the cost."""
    one, other = sealed(b"x" * 1000), sealed(b"x" * 1000)
    assert one[:23] == other[:23]
    assert one[23:39] != other[23:39]
    assert one[71:] != other[71:]


def test_the_wrong_passphrase() -> None:
    """It is told as that."""
    with pytest.raises(Invalid, match="passphrase is not the one"):
        opened(sealed(b"text"), "another passphrase")


@given(st.data())
def test_nothing_can_be_altered(data: st.DataObject) -> None:
    """Not a single bit."""
    content = bytearray(sealed(b"some text" * 20))
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(Invalid, match="altered"):
        opened(bytes(content))


def test_chunks_cannot_be_left_out_moved_or_added() -> None:
    """Not even whole ones, where the file is cut between two."""
    content = sealed(bytes(3 * CHUNK))
    head, rest = content[: HEAD + 32], content[HEAD + 32 :]
    size = CHUNK + 16
    chunks = [rest[start : start + size] for start in range(0, len(rest), size)]
    assert len(chunks) == 3
    first, second, third = chunks
    for wrong in (
        [], [first], [first, second], [second, third], [second, first, third],
        [first, third], [first, second, third, third], [first, second, third, b"x"],
    ):  # fmt: skip
        with pytest.raises(Invalid, match="altered or cut off"):
            opened(head + b"".join(wrong))


def test_a_head_cannot_ask_for_much() -> None:
    """A file that asks for gigabytes is refused before any key is made."""
    good = sealed(b"")[:HEAD]
    check_head(good)
    for numbers in ((21, 8, 1), (17, 17, 1), (17, 8, 5), (0, 8, 1), (17, 0, 1)):
        with pytest.raises(Invalid):
            check_head(MAGIC + bytes(numbers) + good[-16:])
    for wrong in (b"", good[:-1], b"X" + good[1:]):
        with pytest.raises(Invalid):
            check_head(wrong)


def test_a_passphrase_has_some_length() -> None:
    """Who has the file can try without end."""
    assert check_passphrase("twelve chars") == "twelve chars"
    with pytest.raises(Invalid, match="at least 12"):
        check_passphrase("eleven char")
