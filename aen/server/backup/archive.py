"""The members of a backup: a tar archive, written and read as a stream.

A collection is cut into members of about a megabyte, so that neither side ever holds
more than one of them: ``store/users/000001.jsonl`` and so on, one record a line.
"""

import hashlib
import io
import json
import re
import tarfile
from collections.abc import Iterator
from typing import Any, Protocol, cast

from attrs import define, field, frozen

from aen.model.errors import Invalid
from aen.server.backup.manifest import (
    FIRST,
    LAST,
    About,
    Manifest,
    Part,
    read_about,
    read_manifest,
    written,
)
from aen.server.backup.sealing import ALTERED, Source

PIECE = 1024 * 1024
"""Bytes after which a member of a collection ends."""
_LARGEST = 32 * 1024 * 1024
"""Bytes of a member; no record of a store is as large."""
_STORE = re.compile(r"(store/[a-z][a-z_]{0,40})/(\d{6,})\.jsonl")
_FILE = re.compile(r"files/[^/\0]+(/[^/\0]+)+")


class Sink(Protocol):
    """Where bytes go."""

    def write(self, data: bytes, /) -> int:
        """Take all of *data*."""


@frozen
class Piece:
    """One member: a whole file, or some records of a collection."""

    part: str
    data: bytes

    @property
    def collection(self) -> str:
        """The collection whose records these are; empty: it is a file."""
        return self.part.removeprefix("store/") if self.is_records else ""

    @property
    def is_records(self) -> bool:
        """Whether it belongs to the store."""
        return self.part.startswith("store/")

    @property
    def records(self) -> list[dict[str, Any]]:
        """The records in it, or raise `Invalid`."""
        try:
            found = [json.loads(line) for line in self.data.splitlines()]
        except ValueError:
            raise Invalid(ALTERED) from None
        if not all(isinstance(one, dict) for one in found):
            raise Invalid(ALTERED)
        return found


@define
class _Sum:
    """What a part comes to, piece by piece."""

    digest: "hashlib._Hash" = field(factory=hashlib.sha256)
    bytes: int = 0
    records: int = 0
    pieces: int = 0

    def add(self, piece: Piece) -> None:
        self.digest.update(piece.data)
        self.bytes += len(piece.data)
        self.records += piece.data.count(b"\n") if piece.is_records else 0
        self.pieces += 1

    def part(self, name: str) -> Part:
        return Part(name, self.bytes, self.digest.hexdigest(), self.records)


@define
class _Valve:
    """Lets bytes through until it is shut: tarfile ends what is never closed."""

    _sink: Sink
    shut: bool = False

    def write(self, data: bytes, /) -> int:
        return len(data) if self.shut else self._sink.write(data)


class ArchiveWriter:
    """Writes members one after the other."""

    def __init__(self, sink: Sink, about: About) -> None:
        self._valve = _Valve(sink)
        self._tar = tarfile.open(  # noqa: SIM115 -- `close` writes its end
            mode="w|", fileobj=cast("Any", self._valve), format=tarfile.PAX_FORMAT
        )
        self._about = about
        self._sums: dict[str, _Sum] = {}
        self._lines: list[bytes] = []
        self._held = 0
        self._member(FIRST, written(about))

    def record(self, collection: str, document: dict[str, Any]) -> None:
        """Add a record; those of a collection come together, then `end` is called."""
        text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
        line = text.encode() + b"\n"
        self._lines.append(line)
        self._held += len(line)
        if self._held >= PIECE:
            self._records(collection)

    def end(self, collection: str) -> int:
        """Write what is left of a collection; return how many records it has."""
        part = f"store/{collection}"
        if self._lines or part not in self._sums:
            self._records(collection)
        return self._sums[part].records

    def file(self, name: str, data: bytes) -> None:
        """Add a file: *name* is its place and path."""
        self._put(name, Piece(name, data))

    def close(self, manifest: Manifest) -> Manifest:
        """Write *manifest* with the parts there are, end the archive, return it."""
        parts = tuple(one.part(name) for name, one in self._sums.items())
        whole = Manifest(
            about=self._about,
            ended=manifest.ended,
            site=manifest.site,
            places=manifest.places,
            parts=parts,
            under_way=manifest.under_way,
            left_out=manifest.left_out,
        )
        self._member(LAST, written(whole))
        self._tar.close()
        return whole

    def abandon(self) -> None:
        """Write nothing more, not even the end: the backup was broken off."""
        self._valve.shut = True

    def _records(self, collection: str) -> None:
        part = f"store/{collection}"
        number = self._sums[part].pieces + 1 if part in self._sums else 1
        piece = Piece(part, b"".join(self._lines))
        self._lines, self._held = [], 0
        self._put(f"{part}/{number:06}.jsonl", piece)

    def _put(self, name: str, piece: Piece) -> None:
        self._sums.setdefault(piece.part, _Sum()).add(piece)
        self._member(name, piece.data)

    def _member(self, name: str, data: bytes) -> None:
        about = tarfile.TarInfo(name)
        about.size, about.mode = len(data), 0o600
        about.mtime = int(self._about.made)
        self._tar.addfile(about, io.BytesIO(data))
        _forget(self._tar)


class ArchiveReader:
    """Reads the members in their order, and sees that all of them are there."""

    def __init__(self, source: Source, ours: str) -> None:
        """Read the first member.

        :param ours: our own version.
        :raises Invalid: it is no backup of ours, or one that we cannot read.
        """
        self._source = source
        self._members = self._all_members()
        name, data = next(self._members, ("", b""))
        if name != FIRST:
            raise Invalid(ALTERED)
        self.about = read_about(data, ours)
        self._sums: dict[str, _Sum] = {}
        self._manifest: Manifest | None = None

    @property
    def manifest(self) -> Manifest:
        """What the last member says; known when `pieces` has come to its end."""
        if self._manifest is None:
            raise Invalid(ALTERED)
        return self._manifest

    def pieces(self) -> Iterator[Piece]:
        """Yield every member but the first and the last.

        :raises Invalid: something was altered, cut off, left out or added. What was
            yielded before may be wrong, too.
        """
        for name, data in self._members:
            if self._manifest is not None:
                raise Invalid(ALTERED)
            if name == LAST:
                self._manifest = read_manifest(data)
                continue
            piece = self._piece(name, data)
            self._sums.setdefault(piece.part, _Sum()).add(piece)
            yield piece
        while self._source.read(PIECE):
            pass  # to the end, where the digest of the whole file is
        self._compare()

    def _compare(self) -> None:
        found = tuple(one.part(name) for name, one in self._sums.items())
        if found != self.manifest.parts or self.manifest.about != self.about:
            raise Invalid(ALTERED)

    def _piece(self, name: str, data: bytes) -> Piece:
        if told := _STORE.fullmatch(name):
            known = self._sums.get(told[1])
            if int(told[2]) == (known.pieces if known else 0) + 1:
                return Piece(told[1], data)
        elif is_file(name) and name not in self._sums:
            return Piece(name, data)
        raise Invalid(ALTERED)

    def _all_members(self) -> Iterator[tuple[str, bytes]]:
        try:
            with tarfile.open(mode="r|", fileobj=cast("Any", self._source)) as tar:
                for one in tar:
                    if not one.isreg() or one.size > _LARGEST:
                        raise Invalid(ALTERED)
                    content = tar.extractfile(one)
                    yield one.name, content.read() if content else b""
                    _forget(tar)
        except (tarfile.TarError, EOFError, OverflowError, UnicodeError):
            raise Invalid(ALTERED) from None


def _forget(tar: tarfile.TarFile) -> None:
    """Have *tar* not keep every member it has seen, of which there may be very many."""
    cast("Any", tar).members.clear()  # which typeshed does not know


def is_file(name: str) -> bool:
    """Whether *name* is that of a file: a place and a path that leads downwards."""
    return bool(_FILE.fullmatch(name)) and not {".", ".."} & set(name.split("/"))
