"""What tells one state of an environment from another: names, sizes, times.

A program of the standard library alone, run as a child: an environment has some
fifteen thousand files. Prints the hash of what is at the prefix it is given.
"""

import hashlib
import os
import sys
from collections.abc import Iterator

_SKIPPED = frozenset({"__pycache__", ".lock"})  # come and go with use


def entries(prefix: str, below: str = "") -> Iterator[str]:
    """Yield a line for each thing below *prefix*, always in the same order."""
    with os.scandir(os.path.join(prefix, below)) as found:
        names = sorted(found, key=lambda one: one.name)
    for one in names:
        if one.name in _SKIPPED:
            continue
        path = f"{below}/{one.name}" if below else one.name
        about = one.stat(follow_symlinks=False)
        if one.is_dir(follow_symlinks=False):
            yield path
            yield from entries(prefix, path)
        else:
            yield f"{path} {about.st_size} {about.st_mtime_ns}"


def fingerprint(prefix: str) -> str:
    """Return the hash of all that is below *prefix*."""
    found = hashlib.sha256()
    for line in entries(prefix):
        found.update(os.fsencode(line) + b"\n")
    return found.hexdigest()


if __name__ == "__main__":
    sys.stdout.write(fingerprint(sys.argv[1]) + "\n")
