"""Projects that leave for another node, and such that arrive from one.

The stream is a pipe of ours: what is packed goes to the standard output, and what is
told besides to the standard error; what is unpacked comes from the standard input. A
project that arrives is made where nobody else gets in, is flushed to the disk and
appears by one rename: whatever breaks, there is nothing in its place, or all of it.
"""

import ctypes
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from aen.compute.disk import modes, project, rights, taken
from aen.compute.disk.freight import BLOCK
from aen.compute.disk.packing import pack
from aen.compute.disk.remove import remove_tree, sweep
from aen.compute.disk.telling import Tell
from aen.compute.disk.unpacking import Owners, unpack
from aen.compute.disk.walk import (
    Refused,
    descend,
    make_below,
    open_below,
    open_root,
    opened,
    put,
)

Alive = Callable[[], object]


def send(root: str, owner: str, name: str) -> Any:
    """Pack a project where all is one account's."""
    with _opened(lambda: descend(root, [owner, name]), owner, name) as found:
        return pack(found, None, _own_output())


def send_owned(
    root: str, owner: str, name: str, uid: int, people: Mapping[int, str], alive: Alive
) -> Any:
    """Pack a project of real accounts; root calls it.

    :param people: the team's names by uid, the owner's too.
    :raises Refused: something cannot be taken along, or it is not the owner's.
    """
    taken.checked(owner, name)
    with _opened(
        lambda: rights.open_owned(root, owner, name, uid), owner, name
    ) as found:
        return pack(found, people, _own_output(), alive)


def receive(root: str, staging: str, owner: str, name: str, tell: Tell) -> Any:
    """Unpack a project where all is one account's, and put it in its place.

    :raises Refused: it is not whole, or there are files in its place.
    """
    project.stage(root, staging)
    try:
        with opened(descend(root, [project.STAGING, staging])) as place:
            done = _unpacked(place, None, tell)
            with (
                opened(open_root(root)) as top,
                opened(make_below(top, owner, modes.PARENTS)) as home,
            ):
                put(place, "project", home, name, f"{owner}/{name}")
                with opened(open_below(home, name)) as arrived:
                    modes.open_door(arrived)
                os.fsync(home)
    finally:
        project.discard(root, staging)
    return done


def receive_owned(  # noqa: PLR0913, PLR0917 -- what the helper is asked
    root: str,
    staging: str,
    owner: str,
    name: str,
    owners: Owners,
    tell: Tell,
    alive: Alive,
) -> Any:
    """Unpack a project of real accounts in root's own place, and put it in its own.

    :raises Refused: it is not whole, or there are files in its place.
    """
    taken.checked(owner, name, staging)
    with taken.own_place(root) as top:
        sweep(top, f"{staging.partition('.')[0]}.", 0)
        with opened(make_below(top, staging, modes.CLOSED)) as place:
            try:
                done = _unpacked(place, owners, tell, alive)
                with (
                    opened(open_root(root)) as above,
                    opened(taken.open_place(above, root, owner)) as home,
                ):
                    put(place, "project", home, name, f"{owner}/{name}")
                    os.fsync(home)
            finally:
                remove_tree(top, staging)
    return done


@contextmanager
def _opened(opening: Callable[[], int], owner: str, name: str) -> Iterator[int]:
    try:
        found = opening()
    except FileNotFoundError:
        raise Refused(f"There are no files of {owner}/{name} on this node.") from None
    with opened(found):
        yield found


def _own_output() -> int:
    """Return what was the standard output; lines go to the standard error now."""
    out = os.dup(1)
    os.dup2(2, 1)
    return out


def _unpacked(
    place: int, owners: Owners | None, tell: Tell, alive: Alive = lambda: None
) -> dict[str, int]:
    """Unpack the standard input into ``project`` in *place*, and flush it."""
    told = 0

    def read(count: int) -> None:
        nonlocal told
        alive()
        if count - told >= BLOCK:
            told = count
            tell(count, 0)

    with opened(make_below(place, "project", modes.CLOSED)) as made:
        tell(0, 0)  # from now on the stream may come
        done = unpack(made, owners, os.dup(0), read)
        alive()
        if owners is not None:
            rights.open_door(made, owners.team)
        _flush(made)
    return done


def _flush(descriptor: int) -> None:
    """Have the disk hold what was written, whatever happens to the machine."""
    library = ctypes.CDLL(None, use_errno=True)
    if library.syncfs(descriptor) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), "syncfs")
