"""The members of a backup."""

import io
import tarfile
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aen.model.errors import Invalid
from aen.server.backup import archive
from aen.server.backup.archive import ArchiveReader, ArchiveWriter, Piece, is_file
from aen.server.backup.manifest import FORMAT, About, Manifest

ABOUT = About(FORMAT, "1.0", 1000.0)
EMPTY = Manifest(ABOUT, 1001.0, "http://aen.example", {"server": "/x"}, ())
TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"]))


def made(work: Callable[[ArchiveWriter], object]) -> bytes:
    """Return an archive into which *work* writes."""
    file = io.BytesIO()
    writer = ArchiveWriter(file, ABOUT)
    work(writer)
    writer.close(EMPTY)
    return file.getvalue()


def pieces(content: bytes) -> list[Piece]:
    """Return what is in an archive."""
    return list(ArchiveReader(io.BytesIO(content), "1.0").pieces())


def rebuilt(content: bytes, change: Callable[[list[Any]], list[Any]]) -> bytes:
    """Return an archive with its members changed."""
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        found = [(one.name, tar.extractfile(one).read()) for one in tar]  # type: ignore[union-attr]
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as tar:
        for name, data in change(found):
            about = tarfile.TarInfo(name)
            about.size = len(data)
            tar.addfile(about, io.BytesIO(data))
    return file.getvalue()


@given(st.lists(st.dictionaries(TEXTS, TEXTS, max_size=3), max_size=6))
def test_records_come_back(records: list[dict[str, str]]) -> None:
    """Whatever text is in them, also what some take for the end of a line."""

    def fill(writer: ArchiveWriter) -> None:
        for one in records:
            writer.record("things", {"_id": "x", "value": one})
        assert writer.end("things") == len(records)

    found = [one for piece in pieces(made(fill)) for one in piece.records]
    assert [one["value"] for one in found] == records


def test_a_large_collection_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """No member is much larger than a piece, so that little is held at a time."""
    monkeypatch.setattr(archive, "PIECE", 1000)

    def fill(writer: ArchiveWriter) -> None:
        for number in range(100):
            writer.record("things", {"_id": str(number), "text": "x" * 90})
        writer.end("things")
        writer.end("nothing")
        writer.file("files/server/etc/key", b"secret")

    reader = ArchiveReader(io.BytesIO(made(fill)), "1.0")
    found = list(reader.pieces())
    assert max(len(one.data) for one in found) < 1200
    assert sum(one.collection == "things" for one in found) > 5
    assert found[-1] == Piece("files/server/etc/key", b"secret")
    assert {one.name: one.records for one in reader.manifest.parts} == {
        "store/things": 100, "store/nothing": 0, "files/server/etc/key": 0,
    }  # fmt: skip


def test_the_manifest_is_known_at_the_end() -> None:
    """Before, nothing is known to be whole."""
    reader = ArchiveReader(io.BytesIO(made(lambda one: one.end("a"))), "1.0")
    with pytest.raises(Invalid, match="altered"):
        _ = reader.manifest
    list(reader.pieces())
    assert reader.manifest.site == "http://aen.example"


def some(writer: ArchiveWriter) -> None:
    """Write a little of each kind."""
    for name in ("a", "b"):
        writer.record(name, {"_id": "1"})
        writer.end(name)
    writer.file("files/server/etc/key", b"secret")


@pytest.mark.parametrize(
    "change",
    [
        lambda all_: all_[1:],
        lambda all_: all_[:-1],
        lambda all_: [*all_[:2], *all_[3:]],
        lambda all_: [all_[0], all_[2], all_[1], *all_[3:]],
        lambda all_: [*all_[:2], *all_[1:]],
        lambda all_: [*all_, ("more", b"")],
        lambda all_: [*all_[:-1], ("files/server/../x", b""), all_[-1]],
        lambda all_: [*all_[:-1], ("store/a/000003.jsonl", b"{}\n"), all_[-1]],
        lambda all_: [*all_[:-1], ("store/c/000001.jsonl", b"{}\n"), all_[-1]],
        lambda all_: [(n, d.replace(b"secret", b"Secret")) for n, d in all_],
        lambda all_: [(n, d.replace(b'"1"', b'"2"')) for n, d in all_],
        lambda all_: [],
    ],
)
def test_members_cannot_be_changed(change: Callable[[list[Any]], list[Any]]) -> None:
    """None altered, left out, added, doubled, or put elsewhere."""
    content = made(some)
    assert len(pieces(rebuilt(content, lambda all_: all_))) == 3
    with pytest.raises(Invalid, match="altered or cut off"):
        pieces(rebuilt(content, change))


def test_what_is_no_archive() -> None:
    """It is told in words."""
    for wrong in (b"", b"x" * 2000, made(some)[:1100]):
        with pytest.raises(Invalid, match="altered or cut off"):
            pieces(wrong)


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("files/server/etc/wakari/keys/server.key", True),
        ("files/elsewhere/etc/ssl/a b.pem", True),
        ("files/server", False),
        ("files/server/", False),
        ("files/server/../x", False),
        ("files/server/./x", False),
        ("files//etc/x", False),
        ("/files/server/x", False),
        ("other/server/x", False),
    ],
)
def test_names_of_files(name: str, *, good: bool) -> None:
    """They lead nowhere but downwards."""
    assert is_file(name) is good
