"""Taking a backup apart, for whoever needs one file of it."""

from pathlib import Path

from aen.model.errors import Failed, Taken
from aen.server.backup.reading import BackupFile


def unpack(backup: BackupFile, folder: Path) -> int:
    """Put what is in a backup into a new *folder* for this account alone.

    Files are where their names say; a collection is one file, one record a line.

    :returns: how many files there are.
    :raises Taken: there is something at *folder* already.
    :raises Failed: it cannot be written.
    :raises Invalid: the backup was altered.
    """
    try:
        folder.mkdir(mode=0o700)
        names = set()
        for piece in backup.pieces():
            names.add(piece.part)
            name = f"{piece.part}.jsonl" if piece.is_records else piece.part
            path = folder / name
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with path.open("ab") as file:
                path.chmod(0o600)
                file.write(piece.data)
    except FileExistsError:
        raise Taken(f"{folder} is there already; name a folder that is new.") from None
    except OSError as error:
        raise Failed(f"{folder} cannot be written: {error.strerror}.") from None
    return len(names)
