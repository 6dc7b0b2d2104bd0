"""``aen-server-admin check-accounts`` and ``move-account``."""

import argparse
import getpass
import os
import sys
from collections.abc import Callable
from pathlib import Path

from aen.model.errors import AenError, Failed
from aen.model.users import LOCAL
from aen.runtime.credentials import read_secret
from aen.server.directories.choosing import source
from aen.server.directories.directory import (
    Directory,
    Person,
    Reason,
    Refusal,
    Step,
    Walking,
)
from aen.server.rooms import Rooms

Write = Callable[[str], object]


def say(text: str) -> None:
    """Write a line for the operator."""
    sys.stdout.write(f"{text}\n")


def line(step: Step) -> str:
    """Return a step as it is written."""
    word = "ok     " if step.good else "PROBLEM"
    mend = f"\n         → {step.mend}" if step.mend and not step.good else ""
    return f"{word}  {step.text}{mend}"


async def check_accounts(rooms: Rooms, options: argparse.Namespace) -> None:
    """Walk through the settings of the back end, and say which step fails.

    :raises Failed: one does.
    """
    kept, name = source(rooms.settings.accounts), options.user.strip().lower()
    steps = [Step(True, f"The settings are in order; “accounts” is “{kept}”.")]
    say(line(steps[0]))

    def told(step: Step) -> None:
        steps.append(step)
        say(line(step))

    user = await rooms.archive.users.named(name) if name else None
    if user is not None and user.source != kept:
        text = f"The account “{name}” belongs to “{user.source}”, which alone is asked."
        told(Step(user.source == LOCAL, text, f"move-account {name} --to {kept}"))
    directory = rooms.door.directory
    if directory is None:
        told(Step(True, "Passwords are kept in the store; there is nothing to ask."))
        return
    password = password_of(options) if name else None
    if isinstance(directory, Walking):
        await directory.walk(name, password, told)
    else:
        await _walk(rooms, directory, name, password, told)
    if not all(step.good for step in steps):
        raise Failed("something needs your attention")


async def _walk(
    rooms: Rooms,
    directory: Directory,
    name: str,
    password: str | None,
    told: Callable[[Step], None],
) -> None:
    """Do what can be done with a back end that shows no steps of its own."""
    health = await rooms.door.watch.health()
    told(Step(health.good, health.text))
    if not password:
        return
    try:
        found: Person | Refusal = await directory.check(name, password)
    except AenError as error:
        found = Refusal(Reason.UNKNOWN, error.message)
    if isinstance(found, Person):
        told(Step(True, f"It lets “{found.name}” in."))
    else:
        detail = f" ({found.detail})" if found.detail else ""
        told(Step(False, f"It does not let “{name}” in: {found.reason.value}{detail}."))


def password_of(options: argparse.Namespace) -> str | None:
    """Return the password to try; None: none is tried."""
    if options.password_file is not None:
        return read_secret(options.password_file).decode().strip("\r\n")
    if os.environ.get("AEN_PASSWORD"):
        return os.environ["AEN_PASSWORD"]
    if not sys.stdin.isatty():
        return None
    asked = f"Password of {options.user} (nothing: do not try one): "
    return getpass.getpass(asked) or None


async def move_account(rooms: Rooms, options: argparse.Namespace) -> None:
    """Hand an account over to another back end."""
    user = await rooms.accounts.move_user(None, options.user, options.to)
    say(f"The account “{user.name}” belongs to “{user.source}” now.")
    if user.source == LOCAL:
        say(f"It has no password yet: aen-server-admin reset-password {user.name}")


Adder = Callable[..., argparse.ArgumentParser]


def add_commands(command: Adder) -> None:
    """Add both to the command line."""
    text = "walk through the settings of the accounts' back end, step by step"
    one = command("check-accounts", check_accounts, text)
    one.add_argument("user", metavar="USER", nargs="?", default="")
    one.add_argument(
        "--password-file",
        type=Path,
        help="a file (mode 0600) that holds the password to try; else the environment"
        " variable AEN_PASSWORD, else it is asked for",
    )
    text = "hand an account over to another back end, with all it has"
    one = command("move-account", move_account, text)
    one.add_argument("user", metavar="USER")
    one.add_argument("--to", required=True, metavar="BACK_END", help="local, ldap, …")
