"""Projects that get another place, or another owner: each step may be done twice."""

import os
from contextlib import suppress

from aen.compute.disk import rights
from aen.compute.disk.acl import Team
from aen.compute.disk.giving import give
from aen.compute.disk.modes import PARENTS, open_door
from aen.compute.disk.taken import checked, open_place
from aen.compute.disk.walk import (
    Refused,
    descend,
    make_below,
    open_below,
    open_root,
    opened,
    put,
)


def move(
    root: str, owner: str, name: str, old_owner: str, old_name: str
) -> dict[str, bool]:
    """Move a project where all is one account's; say whether there is one.

    :raises Refused: there are other files in its new place.
    """
    with (
        opened(open_root(root)) as top,
        opened(make_below(top, owner, PARENTS)) as home,
    ):
        if (owner, name) != (old_owner, old_name):
            with (
                suppress(FileNotFoundError),
                opened(descend(root, [old_owner])) as before,
            ):
                put(before, old_name, home, name, f"{owner}/{name}")
        try:
            project = open_below(home, name)
        except FileNotFoundError:
            return {"project": False}
        with opened(project):
            open_door(project)
    return {"project": True}


def hand_over(
    root: str, owner: str, name: str, old_owner: str, old_name: str, team: Team
) -> dict[str, bool]:
    """Move a project of real accounts and give it to its owner; root calls it.

    What belongs to whoever owned it becomes the new owner's. The rights of all files
    are set anew afterwards, by `rights.apply`.

    :raises Refused: there are other files in its new place.
    """
    checked(owner, name, old_owner, old_name)
    with opened(open_root(root)) as top, opened(open_place(top, root, owner)) as home:
        if (owner, name) != (old_owner, old_name):
            with (
                suppress(FileNotFoundError),
                opened(rights.open_home(root, old_owner)) as before,
            ):
                put(before, old_name, home, name, f"{owner}/{name}")
                os.fsync(home)
        try:
            project = open_below(home, name)
        except FileNotFoundError:
            return {"project": False}
        with opened(project):
            _give(project, team)
    return {"project": True}


def _give(project: int, team: Team) -> None:
    former = os.fstat(project).st_uid
    if former == team.owner.uid:
        return
    if former == 0:
        raise Refused("The project's directory is root's; ask the administrator.")
    # The directory itself last: whoever finds it the owner's finds all of it so.
    give(project, frozenset({former}), team.owner)
    # The files still name them: until all rights are set anew they are shut out.
    shut = frozenset({former}) - team.named().keys()
    rights.open_door(project, team, shut)
    give(project, frozenset({former}), team.owner)
