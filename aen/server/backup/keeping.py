"""Backups made by the clock: a new one every day, and not too many of them."""

import re
from datetime import UTC, datetime
from pathlib import Path

from aen.model.counting import counted
from aen.model.errors import Failed
from aen.runtime.credentials import read_secret
from aen.server.backup.making import PARTIAL, BackupMaker
from aen.server.backup.sealing import check_passphrase
from aen.server.settings import ServerSettings
from aen.server.store.schedule import ChoreState

NAME = "backup"
"""What the schedule calls it."""
_OURS = re.compile(r"aen-\d{8}T\d{6}Z\.(tar\.gz|sealed)")
_PARTIAL = re.compile(rf"\.{_OURS.pattern}\.\d+{re.escape(PARTIAL)}")
_MIB = 2**20
_LONG = 49.0
"""Hours after which the last backup counts as old: one a day was to be made."""


def file_name(now: float, *, sealed: bool) -> str:
    """Return what the backup of the time *now* is called; later ones sort later."""
    when = datetime.fromtimestamp(now, UTC).strftime("%Y%m%dT%H%M%SZ")
    return f"aen-{when}.{'sealed' if sealed else 'tar.gz'}"


def passphrase_of(settings: ServerSettings) -> str | None:
    """Return the passphrase of the settings; None: backups are not encrypted.

    :raises Invalid: its file cannot be read, others may read it, or it is too short.
    """
    if settings.backup_passphrase_file is None:
        return None
    text = read_secret(Path(settings.backup_passphrase_file)).decode("utf-8", "replace")
    return check_passphrase(text.strip("\r\n"))


def in_a_sentence(turn: ChoreState | None, now: float) -> tuple[bool, str]:
    """Return whether backups are as they should be, and how they are.

    :param turn: what the schedule knows of them; None: none are made by the clock.
    """
    if turn is None:
        return True, "No backups are made by the clock (“backup_folder”)."
    if turn.ended is None:
        return True, "The first backup by the clock is still to be made."
    hours = (now - turn.ended) / 3600
    if not turn.good:
        return False, f"The backup failed {_ago(hours)}: {turn.outcome}"
    return hours < _LONG, f"The last backup was made {_ago(hours)}: {turn.outcome}"


def _ago(hours: float) -> str:
    if hours < 1:
        return "less than an hour ago"
    number, unit = (hours, "hour") if hours < _LONG else (hours / 24, "day")
    return f"{number:.0f} {unit}{'' if round(number) == 1 else 's'} ago"


async def make_and_keep(maker: BackupMaker, folder: Path) -> str:
    """Make a backup in *folder* and remove the oldest; return what was done, in words.

    :raises Failed: the folder is not there, or the disk is full; older ones stay.
    """
    settings, now = maker.settings, maker.now()
    try:
        _demand_folder(folder)
        _clear_up(folder, now - settings.backup_seconds)
        path = folder / file_name(now, sealed=maker.passphrase is not None)
        manifest = await maker.save(path)
        gone = _keep(folder, settings.backup_keep)
        size = path.stat().st_size / _MIB
    except OSError as error:
        raise Failed(f"{folder}: {error.strerror}.") from None
    more = f"; {gone} older removed" if gone else ""
    left = len(manifest.left_out)
    less = f" Left out: {counted(left, 'file')}." if left else ""
    return f"{path.name}: {manifest.records:,} records, {size:,.1f} MiB{more}.{less}"


def _demand_folder(folder: Path) -> None:
    # Never made here: a disk that is not mounted must not fill another one.
    if not folder.is_dir():
        raise Failed(f"There is no folder {folder}; make it, for this account.")


def _clear_up(folder: Path, before: float) -> None:
    """Remove what a worker left that was killed at it."""
    for path in folder.iterdir():
        if _PARTIAL.fullmatch(path.name) and path.lstat().st_mtime < before:
            path.unlink(missing_ok=True)


def _keep(folder: Path, most: int) -> int:
    """Leave the *most* newest of our backups; return how many went."""
    ours = sorted(one for one in folder.iterdir() if _OURS.fullmatch(one.name))
    for path in ours[:-most]:
        path.unlink(missing_ok=True)
    return max(0, len(ours) - most)
