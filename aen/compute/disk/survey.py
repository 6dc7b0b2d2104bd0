"""What a disk has room for and can do."""

import os
from typing import Any


def survey(root: str) -> dict[str, Any]:
    """Return what holds for the project root *root*.

    ``writable``, free ``bytes``, free ``files`` (0: the file system does not count
    them) and whether ``links`` from templates to projects can be made.
    """
    if not (os.path.isdir(root) and os.access(root, os.W_OK | os.X_OK)):
        return {"writable": False, "bytes": 0, "files": 0, "links": False}
    about = os.statvfs(root)
    return {
        "writable": True,
        "bytes": about.f_bavail * about.f_frsize,
        "files": about.f_favail,
        "links": _can_link(_or(f"{root}/.envs", root), _or(f"{root}/.staging", root)),
    }


def _or(place: str, other: str) -> str:
    return place if os.path.isdir(place) else other


def _can_link(source: str, target: str) -> bool:
    first = f"{source}/.link-{os.getpid()}-a"
    second = f"{target}/.link-{os.getpid()}-b"
    try:
        os.close(os.open(first, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        os.link(first, second)
    except OSError:
        return False
    else:
        return True
    finally:
        for path in (first, second):
            if os.path.lexists(path):
                os.unlink(path)
