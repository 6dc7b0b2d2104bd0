"""What is in a directory: names, and one hash over all that a tree is."""

import hashlib
from pathlib import Path


def names_in(place: Path) -> list[str]:
    """Return the names of what is in a directory, in order."""
    return sorted(one.name for one in place.iterdir())


def digest(tree: Path) -> str:
    """Return one hash over names, contents, modes and owners of a tree."""
    found = hashlib.sha256()
    for path in sorted(tree.rglob("*")):
        about = path.lstat()
        content = b"" if path.is_symlink() or path.is_dir() else path.read_bytes()
        found.update(f"{path} {about.st_mode} {about.st_uid}".encode() + content)
    return found.hexdigest()
