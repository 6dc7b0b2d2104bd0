"""Projects and environments that root takes over and gives to their owners.

What a node has staged without privilege is moved to where root alone gets in, becomes
the owner's there and appears by one rename. Names are numbers already; whoever calls
has checked them, and they are checked again.
"""

import os
import re
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from aen.compute.disk import acl, rights
from aen.compute.disk.acl import Place, Rules, Team
from aen.compute.disk.giving import give
from aen.compute.disk.modes import PARENTS
from aen.compute.disk.passing import Pass, has_lists
from aen.compute.disk.project import STAGING, has_environment
from aen.compute.disk.remove import remove_tree
from aen.compute.disk.remove import sweep as sweep_entries
from aen.compute.disk.telling import Tell
from aen.compute.disk.walk import (
    Refused,
    make_below,
    open_below,
    open_root,
    opened,
    put,
)

TAKEN = ".taken"
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}", re.ASCII)
_LOST = "The files being made are not there any more; try again."


def checked(*names: str) -> None:
    """Raise `Refused` unless each of *names* can only be one entry of a directory."""
    for name in names:
        if not _NAME.fullmatch(name):
            raise Refused("A name holds what no name may hold; nothing was done.")


@contextmanager
def own_place(root: str) -> Iterator[int]:
    """Open root's own place below the project root.

    :raises Refused: it is not root's alone.
    """
    with (
        opened(open_root(root)) as top,
        opened(make_below(top, TAKEN, 0o700)) as taken,
    ):
        about = os.fstat(taken)
        if about.st_uid != 0 or stat.S_IMODE(about.st_mode) != 0o700:  # noqa: PLR2004
            raise Refused(
                f"{TAKEN} below the project root must be root's with mode 0700; ask the"
                " administrator to remove it."
            )
        yield taken


@contextmanager
def _take_over(root: str, service_uid: int, staging: str) -> Iterator[int]:
    """Move what is staged to root's place; open it there; remove what is left of it.

    :raises Refused: it is not the service's.
    """
    checked(staging)
    with own_place(root) as taken:
        sweep_entries(taken, f"{staging.partition('.')[0]}.", 0)
        with (
            opened(open_root(root)) as top,
            opened(open_below(top, STAGING)) as stage,
        ):
            if os.fstat(stage).st_uid != service_uid:
                raise Refused(f"{STAGING} below the project root is not the service's.")
            try:
                os.rename(staging, staging, src_dir_fd=stage, dst_dir_fd=taken)
            except FileNotFoundError:
                raise Refused(_LOST) from None
        try:
            with opened(open_below(taken, staging)) as place:
                if os.fstat(place).st_uid != service_uid:
                    raise Refused("What was staged is not the service's.")
                os.fchown(place, 0, 0)
                os.fchmod(place, 0o700)
                yield place
        finally:
            remove_tree(taken, staging)


def adopt(  # noqa: PLR0913, PLR0917 -- what the helper is asked
    root: str,
    service_uid: int,
    staging: str,
    owner: str,
    name: str,
    team: Team,
    tell: Tell,
) -> dict[str, Any]:
    """Make a staged project the owner's and put it in its place, open to its team.

    :raises Refused: it was not staged by the service, or something is there already.
    """
    checked(owner, name)
    with _take_over(root, service_uid, staging) as place:
        with opened(_open_staged(place, "project", service_uid)) as project:
            done = _prepared(project, service_uid, team, Pass.project, tell)
            rights.open_door(project, team)
        with (
            opened(open_root(root)) as top,
            opened(open_place(top, root, owner)) as home,
        ):
            put(place, "project", home, name, f"{owner}/{name}")
            os.fsync(home)
    return done


def _open_staged(place: int, name: str, service_uid: int) -> int:
    try:
        directory = open_below(place, name)
    except FileNotFoundError:
        raise Refused(_LOST) from None
    if os.fstat(directory).st_uid != service_uid:
        os.close(directory)
        raise Refused("What was staged is not the service's.")
    return directory


def _prepared(
    directory: int, service_uid: int, team: Team, walk: rights.Walk, tell: Tell
) -> dict[str, Any]:
    """Make a tree the owner's, with the rights of the team."""
    os.fchown(directory, team.owner.uid, team.owner.gid)
    os.fchmod(directory, 0o700)
    give(directory, frozenset({service_uid}), team.owner)
    lists = has_lists(directory)
    done = rights.passes(directory, Rules(team), (), walk, tell, lists=lists)
    return {"acl": lists, **done}


def open_place(top: int, root: str, owner: str) -> int:
    """Return a descriptor of the directory of an owner's projects, made if absent."""
    os.close(make_below(top, owner, PARENTS))
    return rights.open_home(root, owner)


def place(  # noqa: PLR0913, PLR0917 -- what the helper is asked
    root: str,
    service_uid: int,
    staging: str,
    owner: str,
    name: str,
    environment: str,
    team: Team,
    tell: Tell,
) -> dict[str, Any]:
    """Put a staged environment into a project; what was there goes away.

    :raises Refused: it was not staged by the service, or the project is not the
        owner's.
    """
    checked(owner, name, environment)
    with _take_over(root, service_uid, staging) as taken:
        with opened(_open_staged(taken, "environment", service_uid)) as directory:
            done = _prepared(directory, service_uid, team, Pass.tree, tell)
        with (
            opened(rights.open_owned(root, owner, name, team.owner.uid)) as project,
            opened(_environments(taken, project, team)) as target,
        ):
            with suppress(FileNotFoundError):
                os.rename(environment, "replaced", src_dir_fd=target, dst_dir_fd=taken)
            shown = f"{owner}/{name}/envs/{environment}"
            put(taken, "environment", target, environment, shown)
    return done


def _environments(taken: int, project: int, team: Team) -> int:
    """Return the directory of environments; one that is missing is put there."""
    with suppress(FileNotFoundError):
        return _open_environments(project, team)
    with opened(make_below(taken, "envs", 0o700)) as made:
        os.fchown(made, team.owner.uid, team.owner.gid)
        os.fchmod(made, 0o2770)
        if has_lists(made):
            access = acl.of_directory(team, Place.INSIDE)
            default = acl.of_content(team, Place.INSIDE)
            os.setxattr(made, acl.ACCESS, acl.encode(access))
            os.setxattr(made, acl.DEFAULT, acl.encode(default))
    put(taken, "envs", project, "envs", "envs")
    return _open_environments(project, team)


def _open_environments(project: int, team: Team) -> int:
    """Return a descriptor of ``envs``: whoever made it is of the team."""
    directory = open_below(project, "envs")
    about = os.fstat(directory)
    same = about.st_dev == os.fstat(project).st_dev
    if about.st_uid not in team.named() or not same:
        os.close(directory)
        raise Refused(
            "The directory “envs” of the project is not its team's; move it away, then"
            " try again."
        )
    return directory


def check(
    root: str, owner: str, name: str, environment: str, team: Team
) -> dict[str, bool]:
    """Keep the door as it must be; say whether project and environment are there.

    :raises Refused: a link or somebody else's directory stands in the way.
    """
    checked(owner, name, environment)
    try:
        project = rights.open_owned(root, owner, name, team.owner.uid)
    except FileNotFoundError:
        return {"project": False, "environment": False}
    with opened(project):
        rights.keep_door(project, team)
        return {"project": True, "environment": has_environment(project, environment)}


def remove(root: str, owner: str, name: str) -> None:
    """Take a project away: out of sight at once, then off the disk.

    :raises Refused: a link stands where the owner's directory belongs.
    """
    checked(owner, name)
    prefix = f"~{owner}~{name}~"  # no staging's name begins so, no name holds it
    with own_place(root) as taken:
        sweep_entries(taken, prefix, 0)
        here = f"{prefix}{secrets.token_hex(4)}"
        with (
            opened(make_below(taken, here, 0o700)) as place,
            suppress(FileNotFoundError),
            opened(rights.open_home(root, owner)) as home,
        ):
            os.rename(name, "project", src_dir_fd=home, dst_dir_fd=place)
        remove_tree(taken, here)


def sweep(root: str, older: float) -> None:
    """Remove what broken work left in root's place, untouched for *older* seconds."""
    with own_place(root) as taken:
        sweep_entries(taken, "", older)
