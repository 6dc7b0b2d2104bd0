"""Where things are and who may what: from one file that only root can change."""

import json
from dataclasses import dataclass, fields
from typing import Any

from aen.compute.disk.walk import Refused
from aen.compute.helper.trust import read_trusted

DEFAULT = "/etc/wakari/helper.json"
# A UNIX socket's path has at most 107 bytes (unix(7)): see `aen.compute.records`.
_LONGEST_RUNTIME = 107 - 54 - len("/0123456789abcdef0123")
_GROUP_ACCESS = ("always", "auto", "never")
_PATHS = ("project_root", "runtime", "homes", "shell", "audit_log")


@dataclass(frozen=True)
class Settings:
    """``/etc/wakari/helper.json``."""

    service_account: str
    """Who may call the helper through sudo; never anybody's own account."""
    project_root: str
    """Projects are ``<project_root>/<owner>/<project>``."""
    runtime: str = "/run/aen"
    """Where running apps have their sockets; emptied when the machine starts."""
    manage_accounts: bool = False
    """Whether missing accounts are made; the key may be ``MANAGE_ACCOUNTS``."""
    accounts_group: str = "aen"
    """Which accounts are the platform's, where it makes them."""
    least_uid: int = 1000
    """Accounts with smaller numbers are the machine's own."""
    homes: str = "/home"
    """Where new accounts have their home directories."""
    shell: str = "/bin/bash"
    """Of new accounts."""
    audit_log: str = "/var/log/wakari/helper.log"
    """One line for each call."""
    group_access: str = "auto"
    """Whether the owner's primary group gets in: ``always``, ``never``, or ``auto``:
    where it is the owner's alone."""


def load(path: str) -> Settings:
    """Return the settings in the file *path*.

    :raises Refused: it is missing, not root's alone to change, or wrong.
    """
    try:
        content = json.loads(read_trusted(path))
    except (ValueError, RecursionError):
        raise Refused(f"{path}: is not JSON.") from None
    try:
        return parse(content)
    except Refused as error:
        raise Refused(f"{path}: {error}") from None


def parse(content: object) -> Settings:
    """Return settings from parsed JSON.

    :raises Refused: naming the key and what is wrong with it.
    """
    if not isinstance(content, dict):
        raise Refused("must hold an object {…}.")
    given = dict(content)
    if "MANAGE_ACCOUNTS" in given and "manage_accounts" not in given:
        given["manage_accounts"] = given.pop("MANAGE_ACCOUNTS")
    known = {one.name: one.type for one in fields(Settings)}
    for key, value in given.items():
        _check_kind(key, value, known)
    for key in ("service_account", "project_root"):
        if not given.get(key):
            raise Refused(f"“{key}” is not set.")
    made = Settings(**given)
    _check(made)
    return made


def _check_kind(key: str, value: object, known: dict[str, Any]) -> None:
    if key not in known:
        raise Refused(f"unknown key “{key[:80]}”.")
    if type(value) is not known[key]:
        word = known[key].__name__
        raise Refused(f"“{key}” must be of type {word}.")


def _check(settings: Settings) -> None:
    for key in _PATHS:
        if not getattr(settings, key).startswith("/"):
            raise Refused(f"“{key}” must be an absolute path.")
    if len(settings.runtime.encode()) > _LONGEST_RUNTIME:
        raise Refused(f"“runtime” has more than {_LONGEST_RUNTIME} characters.")
    if settings.group_access not in _GROUP_ACCESS:
        raise Refused(f"“group_access” must be one of {', '.join(_GROUP_ACCESS)}.")
    if settings.least_uid < 1:
        raise Refused("“least_uid” must be a number above 0.")
