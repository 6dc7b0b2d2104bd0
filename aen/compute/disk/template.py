"""The last steps of a template: made unchangeable, marked complete, put in place."""

import json
import os
import stat

from aen.compute.disk.clone import (
    LONGEST_TEXT,
    MARKER,
    Entry,
    entries,
    is_private,
    renamed,
)
from aen.compute.disk.remove import remove_tree
from aen.compute.disk.telling import Counter, Tell
from aen.compute.disk.walk import open_root, opened

_WRITE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


def seal(
    root: str, building: str, name: str, about: dict[str, str], tell: Tell
) -> None:
    """Make the tree *building* in *root* the template *name*, by one rename.

    Its files lose their write permission: they are shared with every project.
    """
    source, target = f"{root}/{building}", f"{root}/{name}"
    found = list(entries(source))
    counter = Counter(len(found), tell)
    for one in found:
        if stat.S_ISREG(one.about.st_mode):
            _seal_file(source, target, one)
        counter.one()
    with open(f"{source}/{MARKER}", "w", encoding="utf-8") as file:
        json.dump(about, file)
        file.flush()
        os.fsync(file.fileno())
    with opened(open_root(root)) as top:
        remove_tree(top, name)
        os.rename(building, name, src_dir_fd=top, dst_dir_fd=top)
        os.fsync(top)


def _seal_file(source: str, target: str, one: Entry) -> None:
    path = f"{source}/{one.path}"
    if is_private(one.path, one.about) and 0 < one.about.st_size <= LONGEST_TEXT:
        _rename_prefix(path, source, target)
    mode = stat.S_IMODE(one.about.st_mode)
    readable = mode | stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH
    os.chmod(path, readable & ~_WRITE)


def _rename_prefix(path: str, old: str, new: str) -> None:
    with open(path, "rb") as file:
        content = file.read()
    changed = renamed(content, old.encode(), new.encode())
    if changed != content:
        with open(path, "wb") as file:
            file.write(changed)


def drop(root: str, prefix: str) -> None:
    """Remove what broken builds left: the trees in *root* that begin with *prefix*."""
    with opened(open_root(root)) as top:
        with os.scandir(top) as found:
            names = [one.name for one in found if one.name.startswith(prefix)]
        for name in names:
            remove_tree(top, name)
