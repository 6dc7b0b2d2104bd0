"""What the machine knows of an account: its full name and its groups."""

import grp
import os
import pwd

from attrs import frozen


@frozen
class Known:
    """An account of this machine."""

    name: str
    full_name: str


def known(account: str | int) -> Known | None:
    """Return the account of that name or number."""
    try:
        if isinstance(account, int):
            found = pwd.getpwuid(account)
        else:
            found = pwd.getpwnam(account)
    except (KeyError, ValueError):
        return None
    return Known(found.pw_name, found.pw_gecos.partition(",")[0])


def groups_of(name: str) -> frozenset[str]:
    """Return the names of the groups of an account."""
    try:
        first = pwd.getpwnam(name).pw_gid
        numbers = os.getgrouplist(name, first)
    except (KeyError, ValueError, OSError):
        return frozenset()
    return frozenset(filter(None, map(_group, numbers)))


def _group(number: int) -> str:
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return ""
