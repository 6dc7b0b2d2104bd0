"""Reading a backup through, from the first byte to the last, before it is believed."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from attrs import define, field

from aen.model.errors import Invalid
from aen.runtime.version import own_version
from aen.server.backup.archive import ArchiveReader, Piece
from aen.server.backup.manifest import Manifest, written
from aen.server.backup.packing import HEAD, Unpacker
from aen.server.backup.reconciling import Known
from aen.server.backup.sealing import ALTERED, MAGIC, Source, Unsealer

Ask = Callable[[], str]
"""Returns the passphrase, when one is needed."""


@define
class Contents:
    """What was found in a backup; its records stay in the file."""

    sealed: bool
    manifest: Manifest
    known: Known
    files: dict[str, bytes] = field(repr=False)
    """Settings and keys by name."""

    @property
    def mark(self) -> str:
        """What tells this backup from every other: the digest of its manifest."""
        return hashlib.sha256(written(self.manifest)).hexdigest()

    @property
    def store_bytes(self) -> int:
        """How much the records come to, as text."""
        parts = self.manifest.parts
        return sum(one.bytes for one in parts if one.name.startswith("store/"))


@define
class BackupFile:
    """A backup on disk that can be read more than once."""

    _file: BinaryIO
    _ask: Ask = field(repr=False)
    _passphrase: str | None = field(default=None, init=False, repr=False)

    def read(self) -> Contents:
        """Read it through and see that it is whole.

        :raises Invalid: it is not, it is no backup, or the passphrase is wrong.
        """
        known, files = Known(), dict[str, bytes]()
        reader = self._reader()
        for piece in reader.pieces():
            if not piece.is_records:
                files[piece.part] = piece.data
                continue
            for one in piece.records:
                _check(one)
                known.see(piece.collection, one)
        sealed = self._passphrase is not None
        return Contents(sealed, reader.manifest, known, files)

    def pieces(self) -> Iterator[Piece]:
        """Yield what is in it, once more."""
        return self._reader().pieces()

    def _reader(self) -> ArchiveReader:
        self._file.seek(0)
        begins = self._file.read(len(MAGIC))
        self._file.seek(0)
        source: Source = self._file
        if begins == MAGIC:
            if self._passphrase is None:
                self._passphrase = self._ask()
            source = Unsealer(self._file, self._passphrase)
        elif begins[: len(HEAD)] != HEAD:
            raise Invalid(
                "This is not a backup made by “aen-server-admin backup”, or its first"
                " bytes were altered."
            )
        return ArchiveReader(Unpacker(source), own_version())


@contextmanager
def opened(path: Path, ask: Ask) -> Iterator[BackupFile]:
    """Give the backup at *path*.

    :raises Invalid: it cannot be opened.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise Invalid(f"{path} cannot be read: {error.strerror}.") from None
    with file:
        if not file.seekable():
            raise Invalid(f"{path} is read twice and must be an ordinary file.")
        yield BackupFile(file, ask)


def _check(record: dict[str, object]) -> None:
    if not isinstance(record.get("_id", ""), str) or not record:
        raise Invalid(ALTERED)
