"""Whether a restore may write here: nothing runs, and nobody's work is in the way."""

import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

from twisted.internet.interfaces import IReactorTime

from aen.model.errors import Conflict, Failed
from aen.runtime.tasks import pause
from aen.server.settings import ServerSettings
from aen.server.store.collection import Database
from aen.server.store.places import FileLock, StorePlaces
from aen.server.store.schedule import ScheduleRecords

_SECONDS = 2.0
_LINGER = 60.0
"""A worker does something by the clock more often than this many seconds."""
_LOCK_TRIES, _LOCK_PAUSE = 40, 0.1
"""A command that was killed just now has given its lock back by then."""
_TIMES, _SPARE = 4, 64 * 1024 * 1024
"""Room for records, their indexes and the log of writing them."""


def demand_stopped(settings: ServerSettings) -> None:
    """Refuse while the server answers on this machine.

    :raises Conflict: it does.
    """
    for path in settings.web_sockets:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(_SECONDS)
            try:
                probe.connect(str(path))
            except OSError:
                continue
        raise Conflict(
            f"The server is running ({path} answers). Stop everything of this"
            " installation, then restore."
        )


async def demand_unused(settings: ServerSettings, clock: IReactorTime) -> None:
    """Refuse while a process uses the embedded store, as a worker does.

    :raises Conflict: one does.
    """
    places = StorePlaces(settings.store)
    if settings.MONGO_URL is not None or not places.directory.exists():
        return
    lock = FileLock(places.lease)
    try:
        for _ in range(_LOCK_TRIES):
            if lock.take():
                return
            await pause(clock, _LOCK_PAUSE)
    finally:
        lock.close()
    raise Conflict(
        f"Something uses the store in {places.directory}: a server, a worker or another"
        " command. Stop everything of this installation, then restore."
    )


def demand_room(settings: ServerSettings, size: int) -> None:
    """Refuse where the embedded store would not find room for *size* bytes.

    :raises Failed: there is too little.
    """
    if settings.MONGO_URL is not None:
        return
    folder = _existing(settings.store)
    free, wanted = shutil.disk_usage(folder).free, size * _TIMES + _SPARE
    if free < wanted:
        raise Failed(
            f"There are {_mib(free)} free at {folder}; restoring this needs"
            f" {_mib(wanted)}. Nothing was written."
        )


def demand_writable(path: Path) -> None:
    """Refuse where the file *path* could not be made.

    :raises Failed: this account may not.
    """
    folder = _existing(path.parent)
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        raise Failed(
            f"This account cannot write {path}. Run the restore as the account that"
            " runs the platform here. Nothing was written."
        )


async def demand_empty(database: Database, now: Callable[[], float]) -> None:
    """Refuse where somebody's records are, or a worker elsewhere is at work.

    :raises Conflict: it is not empty.
    """
    counts = {
        name: await database.collection(collection).count({})
        for name, collection in (
            ("accounts", "users"),
            ("projects", "projects"),
            ("data centers", "centers"),
        )
    }
    if any(counts.values()):
        told = ", ".join(f"{name}: {count}" for name, count in counts.items() if count)
        raise Conflict(
            f"This installation is not empty ({told}). A backup is restored into"
            " an empty one only, and replaces nothing. Choose another prefix (or"
            " MONGO_URL), or put the folder of the store aside, then restore."
        )
    for one in await ScheduleRecords(database).all():
        if one.running or (one.began or 0.0) > now() - _LINGER:
            raise Conflict(
                "A worker uses this store, or did so less than a minute ago. Stop"
                " everything of this installation, wait a minute, then restore."
            )


def _existing(path: Path) -> Path:
    while not path.exists() and path != path.parent:
        path = path.parent
    return path


def _mib(size: int) -> str:
    return f"{size / 2**20:,.0f} MiB"
