"""What is installed in an environment, as a text that can make it anew."""

import os
import re
from collections.abc import Iterator
from itertools import islice

from aen.compute.apps.files.inside import Inside
from aen.compute.apps.files.listing import read_folder
from aen.compute.apps.files.refusals import Refusal
from aen.compute.apps.files.walking import ENVIRONMENTS
from aen.compute.disk.walk import opened

_MOST = 5000
_DIST = re.compile(
    r"([A-Za-z0-9][A-Za-z0-9._]*)-([A-Za-z0-9.!+_]+)\.dist-info", re.ASCII
)
_CONDA = re.compile(r"([a-z0-9_.-]+)-([^-]+)-([^-]+)\.json", re.ASCII)


def export(inside: Inside, name: str) -> tuple[str, str] | None:
    """Return the end of a file's name and its text; None: nothing is to be said.

    Nothing of the environment is run, and no file in it is read: names tell.
    """
    packages = sorted(_conda(_names(inside, name, "conda-meta")))
    if packages:
        lines = "".join(f"  - {one}\n" for one in packages)
        return ".yml", f"name: {name}\ndependencies:\n{lines}"
    found = sorted(_installed(inside, name), key=str.lower)
    return (".txt", "".join(f"{one}\n" for one in found)) if found else None


def _installed(inside: Inside, name: str) -> Iterator[str]:
    for version in _names(inside, name, "lib"):
        if version.startswith("python"):
            for one in _names(inside, name, "lib", version, "site-packages"):
                if match := _DIST.fullmatch(one):
                    yield f"{match[1].replace('_', '-')}=={match[2]}"


def _conda(names: list[str]) -> Iterator[str]:
    for one in names:
        if match := _CONDA.fullmatch(one):
            yield f"{match[1]}={match[2]}={match[3]}"


def _names(inside: Inside, *way: str) -> list[str]:
    """Return the names in a folder of an environment; none where that is none."""
    try:
        with inside.find((ENVIRONMENTS, *way), follow=False) as found:
            if not found.is_folder or found.descriptor is None:
                return []
            with opened(read_folder(found.descriptor)) as one, os.scandir(one) as all_:
                return [each.name for each in islice(all_, _MOST)]
    except (OSError, Refusal):
        return []
