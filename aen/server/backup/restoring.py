"""Restoring a backup: all is checked before anything is written, and it can be redone.

A mark on disk stands before the first record and is taken away after the last file.
While it is there nothing else starts; a restore that was broken off is begun anew with
the same backup, and empties first what it had filled.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from attrs import define, field, frozen

from aen.model.errors import Conflict, Failed
from aen.runtime.credentials import write_private
from aen.runtime.tasks import together
from aen.server.backup.collections import EVERY
from aen.server.backup.copying import GONE, Told
from aen.server.backup.files import SERVER, Places, adapted
from aen.server.backup.ground import demand_empty, demand_writable
from aen.server.backup.mark import RestoreMark
from aen.server.backup.reading import BackupFile, Contents
from aen.server.backup.reconciling import Reconciler
from aen.server.store.collection import Collection, Database, Document, Duplicate

_AT_ONCE = 32
"""Records written side by side."""


@frozen
class FilePlan:
    """Which files a restore writes, and what it says of others."""

    writes: Mapping[Path, bytes] = field(repr=False)
    notes: tuple[str, ...]


def plan_files(contents: Contents, places: Places) -> FilePlan:
    """Return what becomes of the files of a backup here.

    :raises Conflict: a role beside the server is set up here already, as another one.
    :raises Failed: this account cannot write one of them.
    """
    writes: dict[Path, bytes] = {}
    notes: list[str] = []
    for name, data in contents.files.items():
        path = places.path(name)
        if path is None:
            notes.append(f"{name}: “beside” names no such folder here; left out")
            continue
        existing = path.read_bytes() if path.is_file() else None
        ours = _wanted(name, data, contents, places, existing)
        if existing == ours:
            continue
        if name.startswith(f"files/{SERVER}/") or existing is None:
            demand_writable(path)
            writes[path] = ours
        elif name.startswith("files/elsewhere/"):
            notes.append(f"{path}: is there already, and another; it stays as it is")
        else:
            raise Conflict(
                f"{path} is there already, and another than the one in the backup: a"
                " role is set up here. Put its folder aside, then restore. Nothing was"
                " written."
            )
    return FilePlan(writes, tuple(notes))


def _wanted(
    name: str,
    data: bytes,
    contents: Contents,
    places: Places,
    existing: bytes | None,
) -> bytes:
    """Return what a file is to hold: settings follow the folders of this place."""
    if not name.endswith(".json") or name.startswith("files/elsewhere/"):
        return data
    kept = existing if name.startswith(f"files/{SERVER}/") else None
    return adapted(data, contents.manifest.places, places, kept)


@define
class Restored:
    """How much was restored."""

    records: int = 0
    left_out: int = 0
    """Records that spoke of what was removed while the backup was made."""


@frozen
class Restorer:
    """Puts a backup that was read through into an empty installation."""

    backup: BackupFile
    contents: Contents
    database: Database
    mark: RestoreMark
    now: Callable[[], float]

    async def run(self, plan: FilePlan, told: Told) -> Restored:
        """Restore all of it.

        :raises Conflict: the installation is not empty.
        :raises Failed: a file cannot be written; it may be tried again.
        :raises Invalid: the backup has been altered since it was read.
        :raises Unavailable: the store went away, or has no room.
        """
        await self._begin()
        for name in EVERY:
            await self.database.collection(name).delete({})
        done = await self._records(told)
        try:
            for path, data in plan.writes.items():
                write_private(path, data)
        except OSError as error:
            raise Failed(
                f"{error.filename} cannot be written: {error.strerror}. Mend that, then"
                " run the same command again."
            ) from None
        self.mark.end()
        return done

    async def _begin(self) -> None:
        begun = self.mark.begun()
        if begun is None:
            await demand_empty(self.database, self.now)
            self.mark.begin(self.contents.mark)
        elif begun != self.contents.mark:
            raise Conflict(
                "The restore of another backup into this installation was broken off."
                " Run it again with that file, or begin in a new prefix."
            )

    async def _records(self, told: Told) -> Restored:
        when = in_words(self.contents.manifest.about.made)
        reconciler = Reconciler(self.contents.known, when)
        done, filling = Restored(), None
        for piece in self.backup.pieces():
            if not piece.is_records:
                continue
            if filling is None or filling.name != piece.collection:
                await _finish(filling, done, told)
                documents = self.database.collection(piece.collection)
                filling = _Filling(piece.collection, documents, reconciler)
            await filling.add(piece.records)
        await _finish(filling, done, told)
        return done


async def _finish(filling: "_Filling | None", done: Restored, told: Told) -> None:
    if filling is not None:
        await filling.end()
        done.records += filling.count
        done.left_out += filling.left_out
        told(filling.name, filling.count)


@define
class _Filling:
    """One collection on its way back into the store."""

    name: str
    _documents: Collection
    _reconciler: Reconciler
    _held: list[Document] = field(factory=list)
    count: int = 0
    left_out: int = 0

    async def add(self, records: list[Document]) -> None:
        """Put a member's records into the store."""
        # A record that was read twice is as it was the second time.
        latest = {one.get(GONE) or one["_id"]: one for one in records}
        gone = [one[GONE] for one in records if GONE in one]
        if gone:
            self.count -= await self._documents.delete({"_id": {"$in": gone}})
        fresh: list[Document] = []
        for one in latest.values():
            if GONE not in one:
                now = self._reconciler.record(self.name, one)
                if now is None:
                    self.left_out += 1
                else:
                    fresh.append(now)
        for start in range(0, len(fresh), _AT_ONCE):
            await together(map(self._put, fresh[start : start + _AT_ONCE]))

    async def end(self) -> None:
        """Try once more what another record was in the way of."""
        held, self._held = self._held, []
        for one in held:
            await self._put(one)
        self.left_out += len(self._held)

    async def _put(self, document: Document) -> None:
        try:
            await self._documents.insert(document)
        except Duplicate:
            # The one that is there was read earlier; or another one is in the way.
            self.count -= await self._documents.delete({"_id": document["_id"]})
            try:
                await self._documents.insert(document)
            except Duplicate:
                self._held.append(document)
                return
        self.count += 1


def in_words(seconds: float) -> str:
    """Return a time as it is told, in UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")
