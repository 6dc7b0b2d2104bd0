"""Making a backup: settings and keys, then the store, into one file that is new."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from attrs import field, frozen

from aen.model.errors import Failed, Taken
from aen.runtime.options import SHARED
from aen.runtime.version import own_version
from aen.server.backup.archive import ArchiveWriter
from aen.server.backup.copying import StoreCopy, Told
from aen.server.backup.files import Gathering, Places
from aen.server.backup.manifest import FORMAT, About, Manifest
from aen.server.backup.packing import Packer
from aen.server.backup.sealing import Cost, Sealer
from aen.server.settings import ServerSettings
from aen.server.store.collection import Database

Write = Callable[[bytes], object]


@frozen
class BackupMaker:
    """Writes backups of one installation."""

    database: Database
    settings: ServerSettings
    now: Callable[[], float]
    """Tells the time, in seconds since the epoch."""
    given: tuple[Path, ...] = ()
    """Settings files that were given on the command line."""
    passphrase: str | None = field(default=None, repr=False)
    """What to encrypt with; None: it is not encrypted."""
    cost: Cost = Cost()

    async def write(self, write: Write, told: Told = lambda *_: None) -> Manifest:
        """Hand a backup to *write*, bit by bit; return what is in it.

        :raises Failed: a file that belongs in it cannot be read.
        :raises Unavailable: the store went away.
        :raises OSError: *write* could not.
        """
        sealer = None
        if self.passphrase is not None:
            sealer = Sealer(write, self.passphrase, self.cost)
        packer = Packer(sealer.write if sealer else write)
        manifest = await self._fill(packer, told)
        packer.close()
        if sealer:
            sealer.close()
        return manifest

    async def save(self, path: Path, told: Told = lambda *_: None) -> Manifest:
        """Put a backup at *path*, mode 0600: whole, or nothing at all.

        :raises Taken: there is something at *path* already.
        :raises Failed: it cannot be written, as when the disk is full; says why.
        :raises Unavailable: the store went away.
        """
        try:
            with new_file(path) as write:
                return await self.write(write, told)
        except OSError as error:
            raise Failed(
                f"{path} cannot be written: {error.strerror}. Nothing of it is left"
                " there."
            ) from None

    async def _fill(self, packer: Packer, told: Told) -> Manifest:
        about = About(FORMAT, own_version(), self.now())
        archive = ArchiveWriter(packer, about)
        try:
            return archive.close(await self._members(archive, about, told))
        except BaseException:
            archive.abandon()
            raise

    async def _members(
        self, archive: ArchiveWriter, about: About, told: Told
    ) -> Manifest:
        places = Places.of(self.settings.home, self.settings.beside)
        also = (SHARED, *map(Path, self.settings.backup_also), *self.given)
        gathering = Gathering(places, also)
        for name, data in gathering.files():
            archive.file(name, data)
        copy = StoreCopy(self.database, archive, told)
        await copy.run()
        return Manifest(
            about=about,
            ended=self.now(),
            site=self.settings.public_url,
            places={name: str(path) for name, path in places.folders.items()},
            parts=(),
            under_way=dict(copy.under_way),
            left_out=tuple(gathering.left_out),
        )


PARTIAL = ".partial"


@contextmanager
def new_file(path: Path) -> Iterator[Write]:
    """Give what writes a private file, which is at *path* once all went well.

    :raises Taken: there is something already.
    :raises OSError: it cannot be written.
    """
    if os.path.lexists(path):
        raise _taken(path)
    beside = path.with_name(f".{path.name}.{os.getpid()}{PARTIAL}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
    descriptor = os.open(beside, flags, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file.write
            file.flush()
            os.fsync(file.fileno())
        _put(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def _put(beside: Path, path: Path) -> None:
    """Give the file the name *path*, if nobody else has meanwhile."""
    try:
        path.hardlink_to(beside)
    except FileExistsError:
        raise _taken(path) from None
    except OSError:  # a file system without links
        beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _taken(path: Path) -> Taken:
    return Taken(f"{path} is there already; backups never replace a file.")
