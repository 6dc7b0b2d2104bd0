"""``aen-server-admin``: what an operator does at the command line of the server."""

import argparse
import getpass
import json
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import react

from aen.model.errors import AenError, Failed, Invalid
from aen.model.users import Caller, Role
from aen.runtime.credentials import read_secret
from aen.runtime.tasks import start
from aen.server.backup import commands as backups
from aen.server.backup.mark import demand_whole
from aen.server.directories import commands as directories
from aen.server.doctor import examine
from aen.server.making import make_rooms
from aen.server.passwords import Passwords
from aen.server.records import AccountChanges
from aen.server.rooms import Rooms
from aen.server.settings import ServerSettings, read_server
from aen.server.store.opening import in_use
from aen.wire.agents import make_agent

_PROGRAM = "aen-server-admin"

Command = Callable[[Rooms, argparse.Namespace], Awaitable[None]]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command; ends the program with a sentence when it cannot be done."""
    options = parser().parse_args(arguments)
    do = options.alone
    if do is None:
        try:
            settings = read_server(options.config)
            demand_whole(settings.home)
            options.password = password_for(options)
        except AenError as error:
            raise SystemExit(f"{_PROGRAM}: {error.message}") from None
        do = partial(_run, settings)
    wrong: list[AenError] = []

    def run(reactor: Any) -> Deferred[None]:
        work = start(do(reactor, options))
        done = start(_outcome(work, wrong))

        def broken_off() -> Deferred[None]:
            work.cancel()
            return done

        # By a signal: what was begun is cleared up before the program ends.
        reactor.addSystemEventTrigger("before", "shutdown", broken_off)
        return done

    try:
        react(run)
    except SystemExit as end:
        if wrong:
            raise SystemExit(f"{_PROGRAM}: {wrong[0].message}") from None
        if end.code:
            raise


async def _outcome(work: Deferred[None], wrong: list[AenError]) -> None:
    try:
        await work
    except AenError as error:
        wrong.append(error)  # raised here, it would be printed with a traceback
    except CancelledError:
        wrong.append(Failed("it was broken off"))


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


async def _run(
    settings: ServerSettings, reactor: Any, options: argparse.Namespace
) -> None:
    """Open the store the server uses, do the command, close it."""
    async with in_use(
        reactor,
        directory=settings.store,
        mongo_url=settings.MONGO_URL,
        answer=settings.store_timeout,
    ) as database:
        rooms = make_rooms(settings, database, Passwords(_here), reactor)
        options.agent = make_agent(reactor, settings.gateway_ca)
        await options.command(rooms, options)


async def _here(work: Callable[[], str]) -> str:
    return work()


# ---- the commands


async def _superuser(rooms: Rooms, options: argparse.Namespace) -> None:
    name, role = options.add, Role.SUPERUSER
    if options.remove:
        name, role = options.remove, Role.USER
    await rooms.accounts.change_user(None, name, AccountChanges(role=role))
    word = "is an administrator now" if options.add else "is no administrator any more"
    _say(f"“{name}” {word}.")


async def _add_user(rooms: Rooms, options: argparse.Namespace) -> None:
    role = Role.SUPERUSER if options.superuser else Role(options.role)
    password = None if options.no_password else options.password
    user = await rooms.accounts.add_user(
        None, options.user, password, options.email, options.name, role
    )
    _say(f"The account “{user.name}” was made.")


async def _remove_user(rooms: Rooms, options: argparse.Namespace) -> None:
    await rooms.accounts.remove_user(None, options.user)
    _say(f"The account “{options.user}” was removed.")


async def _reset_password(rooms: Rooms, options: argparse.Namespace) -> None:
    secret = await rooms.password_changes.make_reset(None, options.user)
    _say(f"{rooms.settings.public_url}/account/reset/{secret}")


async def _add_token(rooms: Rooms, options: argparse.Namespace) -> None:
    user = await rooms.access.user(options.user)
    _, token = await rooms.api_tokens.add_token(
        Caller(user), options.note, days=options.days
    )
    _say(token)


async def _add_data_center(rooms: Rooms, options: argparse.Namespace) -> None:
    center = await rooms.centers.add(
        None, options.name, options.url, options.key, options.summary
    )
    _say(f"The data center “{center.name}” was added.")


async def _add_node(rooms: Rooms, options: argparse.Namespace) -> None:
    center = await rooms.centers.add_node(
        None, options.data_center, options.name, options.url
    )
    _say(f"The node “{options.name}” belongs to the data center “{center.name}”.")
    known = {"name": options.name, "gateway_key": center.key}
    if not options.json:
        _say("Put these into the node's compute-launcher-config.json:")
    _say(json.dumps(known))


async def _remove_node(rooms: Rooms, options: argparse.Namespace) -> None:
    await rooms.centers.remove_node(None, options.data_center, options.name)
    _say(
        f"The node “{options.name}” was taken out of the data center"
        f" “{options.data_center}”; project files on it are still there."
    )


async def _doctor(rooms: Rooms, options: argparse.Namespace) -> None:
    findings = await examine(rooms, options.agent)
    for one in findings:
        _say(f"{'ok     ' if one.good else 'PROBLEM'}  {one.text}")
    if not all(one.good for one in findings):
        raise Failed("something needs your attention")


# ---- the command line


def parser() -> argparse.ArgumentParser:
    """Return what reads the command line."""
    made = argparse.ArgumentParser(
        prog=_PROGRAM,
        description="Look after an AEN server. Run it as the service account, on the"
        " machine of the server.",
    )
    made.add_argument(
        "-c",
        "--config",
        action="append",
        default=[],
        metavar="FILE",
        help="a settings file; may be repeated, later ones win",
    )
    # `alone`: a command that reads the settings and opens the store by itself.
    made.set_defaults(asks_password=False, alone=None)
    commands = made.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Command | None, text: str) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=text, description=text)
        one.set_defaults(command=run)
        return one

    one = command("superuser", _superuser, "make somebody an administrator, or not")
    which = one.add_mutually_exclusive_group(required=True)
    which.add_argument("--add", metavar="USER")
    which.add_argument("--remove", metavar="USER")
    _user_commands(command)
    directories.add_commands(command)
    backups.add_commands(command)
    _place_commands(command)
    command("doctor", _doctor, "look for what is wrong with this installation")
    return made


Adder = Callable[[str, Command, str], argparse.ArgumentParser]


def _user_commands(command: Adder) -> None:
    one = command("add-user", _add_user, "make an account")
    one.set_defaults(asks_password=True)
    one.add_argument("user", metavar="USER")
    one.add_argument("--email", default="")
    one.add_argument("--name", default="", help="the name shown to others")
    one.add_argument("--role", choices=[one.value for one in Role], default="user")
    one.add_argument("--superuser", action="store_true", help="an administrator")
    one.add_argument(
        "--no-password",
        action="store_true",
        help="for somebody of the directory that “accounts” names",
    )
    one.add_argument(
        "--password-file",
        type=Path,
        help="a file (mode 0600) that holds the password; else the environment"
        " variable AEN_PASSWORD, else it is asked for",
    )
    one = command("remove-user", _remove_user, "remove an account without projects")
    one.add_argument("user", metavar="USER")
    one = command(
        "reset-password", _reset_password, "print a link to choose a new password"
    )
    one.add_argument("user", metavar="USER")
    one = command("add-token", _add_token, "make an API token and print it")
    one.add_argument("user", metavar="USER")
    one.add_argument("--note", required=True, help="what it is for")
    one.add_argument("--days", type=float, help="until it ends; default: never")


def _place_commands(command: Adder) -> None:
    one = command(
        "add-data-center",
        _add_data_center,
        "add a data center by hand; aen-gateway-configure does it by itself",
    )
    one.add_argument("-n", "--name", required=True)
    one.add_argument("-u", "--url", required=True, help="its gateway, for browsers")
    one.add_argument("-k", "--key", required=True, help="its gateway's public key")
    one.add_argument("-s", "--summary", default="")
    one = command(
        "add-enterprise-resource", _add_node, "add a compute node to a data center"
    )
    one.add_argument("-i", "--data-center", required=True)
    one.add_argument("-u", "--url", required=True, help="its launcher, for the gateway")
    one.add_argument("-n", "--name", required=True)
    one.add_argument("--json", action="store_true", help="print only its settings")
    one = command(
        "remove-enterprise-resource",
        _remove_node,
        "take a compute node out of a data center; no project may run on it",
    )
    one.add_argument("-i", "--data-center", required=True)
    one.add_argument("-n", "--name", required=True)


def password_for(options: argparse.Namespace) -> str:
    """Return the password of an account to make, from where the operator put it."""
    if not options.asks_password or getattr(options, "no_password", False):
        return ""
    if options.password_file is not None:
        return read_secret(options.password_file).decode().strip("\r\n")
    if os.environ.get("AEN_PASSWORD"):
        return os.environ["AEN_PASSWORD"]
    if not sys.stdin.isatty():
        raise Invalid("give the password by AEN_PASSWORD or --password-file")
    first = getpass.getpass(f"Password for {options.user}: ")
    if getpass.getpass("Once more: ") != first:
        raise Invalid("the two are not the same")
    return first
