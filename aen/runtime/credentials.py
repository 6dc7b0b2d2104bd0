"""What is ours alone on disk: secrets made once, private files and directories."""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from aen.model.errors import Invalid

_LONGEST = 64 * 1024


def read_secret(path: Path) -> bytes:
    """Return the content of a secret file.

    :raises Invalid: it is missing, empty, not ours or readable by others.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError as error:
        raise Invalid(f"{path}: cannot be read: {error.strerror}") from None
    with os.fdopen(descriptor, "rb") as file:
        about = os.fstat(file.fileno())
        if about.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise Invalid(f"{path}: others may read it; run chmod 600 {path}")
        if about.st_uid not in (os.geteuid(), 0):
            raise Invalid(f"{path}: belongs to another account")
        content = file.read(_LONGEST)
    if not content.strip():
        raise Invalid(f"{path}: is empty")
    return content


def write_private(path: Path, content: bytes) -> None:
    """Put *content* at *path* with mode 0600, whole or not at all."""
    with _beside(path, content) as written:
        written.replace(path)


@contextmanager
def _beside(path: Path, content: bytes) -> Iterator[Path]:
    """Give a private file next to *path* that has *content* on the disk already."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW
    descriptor = os.open(beside, flags, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield beside
    finally:
        beside.unlink(missing_ok=True)


def keep_secret(path: Path, make: Callable[[], bytes]) -> bytes:
    """Return the secret at *path*, made by *make* when there is none yet.

    Of several processes that come first together, one makes it for all.
    """
    if not path.exists():
        with _beside(path, make()) as written, suppress(FileExistsError):
            path.hardlink_to(written)
    return read_secret(path)


def check_private(path: Path) -> None:
    """Raise `Invalid` unless *path* is a directory that only we can enter."""
    about = path.lstat()
    private = not stat.S_IMODE(about.st_mode) & 0o077
    if not (stat.S_ISDIR(about.st_mode) and about.st_uid == os.geteuid() and private):
        raise Invalid(
            f"{path} is not a directory of this account with mode 700; remove it."
        )


def make_private(path: Path) -> None:
    """Make directory *path* (its parents too) for us alone, or raise `Invalid`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o700)
    check_private(path)
