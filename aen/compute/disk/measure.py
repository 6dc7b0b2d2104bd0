"""How much of the disk a project occupies, counted no longer than it may take."""

import os
import stat
import time

from aen.compute.disk.walk import DEEPEST, Refused, descend, open_below, opened

_BLOCK = 512  # bytes; the unit of st_blocks, whatever the file system's own


def measure(
    root: str, owner: str, name: str, entries: int, seconds: float
) -> dict[str, int | bool]:
    """Return ``bytes`` and ``files`` of a project, and whether they are the ``whole``.

    Files of an environment that have more names are shared with its template and not
    counted; others are counted once.

    :param entries: after how many it is given up, and *seconds* after which.
    """
    counting = _Counting(entries, time.monotonic() + seconds)
    try:
        with opened(descend(root, [owner, name])) as project:
            counting.project(project)
    except FileNotFoundError:
        pass
    whole = counting.left > 0 and not counting.missed
    return {"bytes": counting.bytes, "files": counting.files, "whole": whole}


class _Counting:
    """What has been counted so far."""

    def __init__(self, entries: int, end: float) -> None:
        self.bytes = 0
        self.files = 0
        self.left = entries
        self.missed = False
        self._end = end
        self._known: set[int] = set()

    def project(self, project: int) -> None:
        """Count all in *project*, itself too."""
        about = os.fstat(project)
        self._device = about.st_dev
        self.bytes += about.st_blocks * _BLOCK
        self._directory(project, 0, shared=False)

    def _directory(self, directory: int, depth: int, *, shared: bool) -> None:
        with os.scandir(directory) as found:
            for one in found:
                self.left -= 1
                if self.left <= 0 or time.monotonic() > self._end:
                    self.left = 0
                    return
                below = shared or (depth == 0 and one.name == "envs")
                try:
                    about = one.stat(follow_symlinks=False)
                    self._one(directory, one.name, about, depth, shared=below)
                except (OSError, Refused):
                    self.missed = True

    def _one(
        self, parent: int, name: str, about: os.stat_result, depth: int, *, shared: bool
    ) -> None:
        directory = stat.S_ISDIR(about.st_mode)
        if about.st_nlink > 1 and not directory:
            if shared or about.st_ino in self._known:
                return
            self._known.add(about.st_ino)
        self.files += 1
        self.bytes += about.st_blocks * _BLOCK
        if not directory:
            return
        if depth == DEEPEST:
            self.missed = True
            return
        with opened(open_below(parent, name)) as below:
            if os.fstat(below).st_dev == self._device:
                self._directory(below, depth + 1, shared=shared)
