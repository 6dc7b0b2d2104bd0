"""``python -m aen.compute.apps.terminal``: the Terminal app as a program."""

import os
import pwd
import secrets
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import frozen

from aen.compute.apps.program import command_line, run, serve
from aen.compute.apps.terminal.commands import Place, shell_command
from aen.compute.apps.terminal.limits import Limits
from aen.compute.apps.terminal.page import make_site
from aen.compute.apps.terminal.shells import Shells
from aen.compute.apps.terminal.terminals import AllTerminals
from aen.compute.apps.terminal.viewer import ViewerFactory


@frozen
class Options:
    """The command line."""

    socket: Path
    prefix: str
    title: str
    place: Place


def parse_options(arguments: Sequence[str]) -> Options:
    """Read the command line; what is wrong with it ends the program."""
    parser = command_line("terminal")
    parser.add_argument("--environment", default="", help="its prefix, if there is one")
    parser.add_argument("--home", type=Path, help="home folder, default $HOME")
    parser.add_argument("--title", help="default: owner/project, from the prefix")
    given = parser.parse_args(arguments)
    title = given.title or given.prefix.strip("/").rpartition("/")[0] or "AEN"
    environment = Path(given.environment) if given.environment else None
    place = Place(given.project, environment, given.home)
    return Options(given.socket, given.prefix, title, place)


def login_shell(environ: Mapping[str, str]) -> str:
    """Return the user's shell, or one that every system has."""
    account = pwd.getpwuid(os.getuid()).pw_shell
    for shell in (environ.get("SHELL"), account, "/bin/bash"):
        # An account that may not sign in has one that only says so.
        refuses = Path(shell or "").name in ("nologin", "false", "")
        if shell and not refuses and os.access(shell, os.X_OK):
            return shell
    return "/bin/sh"


def assemble(
    options: Options, limits: Limits, reactor: Any, environ: Mapping[str, str]
) -> None:
    """Put the app together and listen.

    :raises AenError: it cannot be started; says why.
    """
    command = shell_command(login_shell(environ), options.place, environ)
    shells = Shells(reactor, lambda: command, limits.grace)
    terminals = AllTerminals(
        limits, reactor, shells.start, lambda: secrets.token_urlsafe(12)
    )
    viewers = ViewerFactory(terminals, limits, reactor)
    site = make_site(options.prefix, options.title, terminals, viewers)
    serve(reactor, options.socket, site, shells.stop)


def main() -> None:
    """Run until SIGTERM."""
    from twisted.internet import reactor

    options = parse_options(sys.argv[1:])
    run(reactor, lambda: assemble(options, Limits(), reactor, os.environ))


if __name__ == "__main__":
    main()
