"""What a disk has room for and can do."""

import os
from typing import Any

from aen.compute.disk.passing import has_lists
from aen.compute.disk.project import STAGING
from aen.compute.disk.walk import open_root, opened


def survey(root: str) -> dict[str, Any]:
    """Return what holds for the project root *root*.

    ``writable``, free ``bytes``, free ``files`` (0: the file system does not count
    them), whether ``links`` from templates to projects can be made and whether there
    are access control ``lists``. A root that is root's own is written by the helper.
    """
    staging = f"{root}/{STAGING}"
    if not any(map(_writable, (root, staging))):
        return {
            "writable": False, "bytes": 0, "files": 0, "links": False, "lists": False,
        }  # fmt: skip
    about = os.statvfs(root)
    return {
        "writable": True,
        "bytes": about.f_bavail * about.f_frsize,
        "files": about.f_favail,
        "links": _can_link(_or(f"{root}/.envs", root), _or(staging, root)),
        "lists": _has_lists(root),
    }


def _writable(place: str) -> bool:
    return os.path.isdir(place) and os.access(place, os.W_OK | os.X_OK)


def _has_lists(root: str) -> bool:
    with opened(open_root(root)) as top:
        return has_lists(top)


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
