"""Files and directories that nobody but root can have put where they are."""

import os
import stat

from aen.compute.disk.walk import Refused, open_below, opened

_LONGEST = 64 * 1024  # bytes of a settings file
_OTHERS = stat.S_IWGRP | stat.S_IWOTH


def open_trusted(path: str, make: int | None = None) -> int:
    """Return a descriptor of the directory *path*; root alone can replace any of it.

    A directory where everybody may write will do if it is sticky (``/tmp``): what is
    root's in it stays.

    :param make: the mode with which missing directories are made; None: with none.
    :raises Refused: a part of it is a link, not root's, or others may write there.
    :raises FileNotFoundError: there is none.
    """
    _demand_plain(path)
    current, known = os.open("/", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC), ""
    _demand_trusted(current, "/")
    for name in path.strip("/").split("/"):
        known += f"/{name}"
        with opened(current):
            current = _open_or_make(current, name, make)
        _demand_trusted(current, known)
    return current


def read_trusted(path: str) -> bytes:
    """Return the content of the file *path*, which only root can change.

    :raises Refused: it is missing, too long, or somebody else's to change.
    """
    parent, _, name = path.rpartition("/")
    if not parent:
        raise Refused(f"{path}: must be in a directory, by its whole path.")
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        with (
            opened(open_trusted(parent)) as directory,
            opened(os.open(name, flags, dir_fd=directory)) as file,
        ):
            _demand_root_file(os.fstat(file), path)
            content = os.read(file, _LONGEST + 1)
    except OSError as error:
        raise Refused(f"{path}: cannot be read: {error.strerror}.") from None
    if len(content) > _LONGEST:
        raise Refused(f"{path}: is longer than {_LONGEST} bytes.")
    return content


def _demand_plain(path: str) -> None:
    parts = path.split("/")
    if not path.startswith("/") or len(path) < len("/a") or "\0" in path:
        raise Refused(f"“{path[:200]}” is not an absolute path.")
    if any(part in ("", ".", "..") for part in parts[1:]):
        raise Refused(f"“{path[:200]}” is not a plain path, from / down.")


def _open_or_make(parent: int, name: str, make: int | None) -> int:
    if make is not None:
        try:
            os.mkdir(name, 0o700, dir_fd=parent)
        except FileExistsError:
            pass
        else:
            directory = open_below(parent, name)
            os.fchmod(directory, make)  # whatever the umask was
            return directory
    return open_below(parent, name)


def _demand_trusted(directory: int, path: str) -> None:
    about = os.fstat(directory)
    open_to_others = about.st_mode & _OTHERS and not about.st_mode & stat.S_ISVTX
    if about.st_uid == 0 and not open_to_others:
        return
    os.close(directory)
    raise Refused(
        f"{path}: must belong to root and be writable by nobody else; run"
        f" chown root {path} and chmod go-w {path}."
    )


def _demand_root_file(about: os.stat_result, path: str) -> None:
    if not stat.S_ISREG(about.st_mode):
        raise Refused(f"{path}: is not a file.")
    if about.st_uid != 0 or about.st_mode & _OTHERS:
        raise Refused(
            f"{path}: must belong to root and be writable by nobody else; run"
            f" chown root {path} and chmod go-w {path}."
        )
