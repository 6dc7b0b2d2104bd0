"""The accounts that people work with: found, made where that is wanted, or refused."""

import grp
import os
import pwd
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass

from aen.compute.disk.walk import Refused
from aen.compute.helper.settings import Settings
from aen.compute.helper.trust import open_trusted

_NOBODY = frozenset({65534, 65535, 2**32 - 1})
"""Numbers that mean nobody: the kernel's overflow uid, and -1 of either size."""
_CLEAN = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"}
_EXISTS = 9  # exit status of useradd(8) and groupadd(8)
_LOCKED = frozenset({1, 10})  # another program has the account files: try again
_TRIES = 20
_PAUSE = 0.1
_CANNOT = "cannot own, join or start projects; use an account of your own."


class Missing(Refused):
    """There is no such account, and it is not ours to make."""


@dataclass(frozen=True)
class Account:
    """One person's account on this machine."""

    name: str
    uid: int
    gid: int
    home: str


def ensure(settings: Settings, name: str, caller_uid: int) -> Account:
    """Return the account *name*, made if it is missing and that is wanted.

    :raises Missing: it is missing, and accounts are not made here.
    :raises Refused: it must not be used; says why.
    """
    refuse_by_name(settings, name)
    try:
        found = pwd.getpwnam(name)
    except KeyError:
        if not settings.manage_accounts:
            raise Missing(
                f"There is no account “{name}” on this node; ask the administrator"
                " to make it."
            ) from None
        _make(settings, name)
        found = pwd.getpwnam(name)
    refuse(settings, found, _group_of(settings), caller_uid)
    return Account(name, found.pw_uid, found.pw_gid, found.pw_dir)


def refuse_by_name(settings: Settings, name: str) -> None:
    """Raise `Refused` for the account that runs the platform, there or not."""
    if name == settings.service_account:
        raise Refused(f"The account “{name}” runs the platform on this node and"
                      f" {_CANNOT}")  # fmt: skip


def refuse(
    settings: Settings,
    found: pwd.struct_passwd,
    members: Sequence[str] | None,
    caller_uid: int,
) -> None:
    """Raise `Refused` unless *found* is an account that people may work with.

    :param members: who is in the platform's group; None: nobody has to be.
    """
    name, uid = found.pw_name, found.pw_uid
    if uid == 0:
        raise Refused(f"The account “{name}” is the administrator's and {_CANNOT}")
    if uid in (caller_uid, _uid_of(settings.service_account)):
        raise Refused(f"The account “{name}” runs the platform on this node and"
                      f" {_CANNOT}")  # fmt: skip
    if uid < settings.least_uid or uid in _NOBODY:
        raise Refused(f"The account “{name}” is the machine's own and {_CANNOT}")
    if members is not None and name not in members:
        raise Refused(
            f"The account “{name}” on this node was not made for the platform; ask"
            f" the administrator to put it into the group"
            f" “{settings.accounts_group}”."
        )


def _uid_of(name: str) -> int | None:
    try:
        return pwd.getpwnam(name).pw_uid
    except KeyError:
        return None


def _group_of(settings: Settings) -> Sequence[str] | None:
    if not settings.manage_accounts:
        return None
    try:
        return grp.getgrnam(settings.accounts_group).gr_mem
    except KeyError:
        return ()


def _make(settings: Settings, name: str) -> None:
    """Make the account with a home and a group of its own, for nobody else.

    :raises Refused: it cannot be made; with what the machine says.
    """
    os.close(open_trusted(settings.homes))
    group = settings.accounts_group
    _account_tool("groupadd", "--system", "--force", group)
    home, least = f"{settings.homes}/{name}", settings.least_uid
    _account_tool(
        *("useradd", "--create-home", "--home-dir", home, "--user-group"),
        *("--groups", group, "--shell", settings.shell, "--key", "HOME_MODE=0700"),
        *("--key", f"UID_MIN={least}", "--key", f"GID_MIN={least}", "--", name),
    )


def _account_tool(*argv: str) -> None:
    said: list[str] = []
    for _ in range(_TRIES):
        done = subprocess.run(  # noqa: S603 -- the machine's own; names are checked
            argv, env=_CLEAN, capture_output=True, stdin=subprocess.DEVNULL,
            timeout=60, check=False,
        )  # fmt: skip
        if done.returncode == 0:
            return
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        if done.returncode == _EXISTS and _uid_of(argv[-1]) is not None:
            return  # another call has just made it
        if done.returncode not in _LOCKED:
            break
        time.sleep(_PAUSE)
    raise Refused(f"The account cannot be made on this node: {' '.join(said)[:300]}")


def become(account: Account) -> None:
    """Give up root for good: groups, then gid, then uid, saved ones too.

    :raises OSError: the system does not let go of it.
    """
    os.setgroups(os.getgrouplist(account.name, account.gid))
    os.setresgid(account.gid, account.gid, account.gid)
    os.setresuid(account.uid, account.uid, account.uid)
    if os.getresuid() != (account.uid,) * 3 or os.getresgid() != (account.gid,) * 3:
        raise PermissionError("the account could not be changed")


def own_group(account: Account) -> bool:
    """Whether the account's primary group has no other member that can be seen."""
    try:
        group = grp.getgrgid(account.gid)
    except KeyError:
        return True
    others = set(group.gr_mem) - {account.name}
    return group.gr_name == account.name and not others


def group_open(settings: Settings, account: Account) -> bool:
    """Whether the owner's primary group may get into the owner's projects."""
    if settings.group_access == "auto":
        return own_group(account)
    return settings.group_access == "always"
