"""The accounts of this machine, as people and the kernel name them."""

import grp
import os
import pwd
from pathlib import Path

from attrs import frozen

from aen.compute.apps.files.folders import get_list
from aen.compute.disk.acl import ACCESS, decode


@frozen
class Whose:
    """As whom the app works, and whom the platform itself works as."""

    user: str = ""
    """Who has opened it, as the platform calls them."""
    service: frozenset[int] = frozenset()
    """Accounts of the platform on this node: they are nobody's to name."""


def name_of(uid: int) -> str:
    """Return what an account is called; its number where it is none any more."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def group_name_of(gid: int) -> str:
    """Return what a group is called; its number where it is none any more."""
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)


def is_own_group(gid: int, uid: int) -> bool:
    """Whether a group is one person's alone, made for them with their account."""
    try:
        group, person = grp.getgrgid(gid), pwd.getpwuid(uid)
    except KeyError:
        return False
    same = group.gr_name == person.pw_name and gid == person.pw_gid
    return same and not set(group.gr_mem) - {person.pw_name}


def uid_of(name: str) -> int | None:
    """Return the account of that name; None: there is none."""
    try:
        return pwd.getpwnam(name).pw_uid
    except (KeyError, ValueError):  # no name has a NUL in it
        return None


def service_beside(folder: Path) -> frozenset[int]:
    """Return who else is let into the folder of our socket: the platform's account."""
    try:
        directory = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        return frozenset()
    try:
        content = get_list(directory, ACCESS)
        users = decode(content).users if content is not None else ()
    except (OSError, ValueError):
        return frozenset()
    finally:
        os.close(directory)
    return frozenset(uid for uid, _ in users) - {os.geteuid()}
