"""What the processes of an installation are."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from aen.compute.environments.builtin import is_complete
from aen.compute.environments.provider import DEFAULT, JUPYTER
from aen.local.processes import belonging

_KINDS = {
    "supervisord": "supervisord",
    "aen.server.store": "store",
    "twistd": "role",
    "aen.compute.helper": "attendant",
}
_OTHERS = "others"


def kind(command: Sequence[str]) -> str:
    """Return what a process is that is no service of its own, by its command."""
    for word, name in _KINDS.items():
        if any(word in one for one in command):
            return name
    return _OTHERS


def busy(prefix: Path) -> bool:
    """Tell whether something runs that is there only for a while.

    The template of a notebook environment is still being built when the first
    project runs, and would be measured with whatever comes next.

    :param prefix: where the installation is.
    """
    found = 0
    for one in belonging(prefix):
        with suppress(psutil.NoSuchProcess):  # it has just ended
            found += kind(one.cmdline()) == _OTHERS
    return found > 0


def settled(prefix: Path, templates: Sequence[str] = (DEFAULT, JUPYTER)) -> bool:
    """Tell whether the environments' *templates* are built, and nothing else is.

    :param prefix: where the installation is.
    """
    there = {
        one.name.rpartition("-")[0]
        for one in (prefix / "projects" / ".envs").glob("*-*")
        if is_complete(one)
    }
    return there.issuperset(templates) and not busy(prefix)
