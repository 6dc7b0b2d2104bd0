"""Compression with a digest at the end."""

import gzip
import io
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aen.model.errors import Invalid
from aen.server.backup.packing import Packer, Unpacker


def packed(*data: bytes) -> bytes:
    """Return *data* as a file."""
    file = io.BytesIO()
    packer = Packer(file.write)
    for one in data:
        packer.write(one)
    packer.close()
    return file.getvalue()


def unpacked(content: bytes, size: int = 1000) -> bytes:
    """Return what is in a file, read in pieces of *size*."""
    reader, data = Unpacker(io.BytesIO(content)), b""
    while more := reader.read(size):
        assert len(more) <= size
        data += more
    return data


@given(st.lists(st.binary(max_size=300), max_size=5), st.integers(1, 400))
def test_what_goes_in_comes_out(data: list[bytes], size: int) -> None:
    """However it is cut when it is written and read."""
    assert unpacked(packed(*data), size) == b"".join(data)


def test_it_is_gzip(tmp_path: Path) -> None:
    """Python's own reader and the program take it as it is."""
    content = packed(b"hello ", b"world" * 10_000)
    assert gzip.decompress(content) == b"hello " + b"world" * 10_000
    (tmp_path / "file.gz").write_bytes(content)
    subprocess.run(("gzip", "-t", tmp_path / "file.gz"), check=True)


@given(st.data())
def test_nothing_can_be_altered(data: st.DataObject) -> None:
    """Not a single bit, not even one that no reader of gzip looks at."""
    content = bytearray(packed(b"some text, some text", bytes(range(256))))
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(Invalid, match="altered"):
        unpacked(bytes(content))


@pytest.mark.parametrize("content", [packed(b""), packed(b"x" * 100_000)])
def test_nothing_can_be_cut_off_or_added(content: bytes) -> None:
    """At any byte."""
    for length in range(0, len(content), 7):
        with pytest.raises(Invalid, match="cut off"):
            unpacked(content[:length])
    for more in (b"\0", b"x", content):
        with pytest.raises(Invalid, match="altered"):
            unpacked(content + more)
