"""``python -m aen.compute.apps.terminal``: the Terminal app as a program."""

import argparse
import os
import pwd
import secrets
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import frozen
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.logger import globalLogBeginner

from aen.compute.apps.listening import listen_privately
from aen.compute.apps.terminal.commands import Place, shell_command
from aen.compute.apps.terminal.limits import Limits
from aen.compute.apps.terminal.page import make_site
from aen.compute.apps.terminal.shells import Shells
from aen.compute.apps.terminal.terminals import AllTerminals
from aen.compute.apps.terminal.viewer import ViewerFactory
from aen.model.errors import AenError
from aen.runtime.logs import as_text


@frozen
class Options:
    """The command line."""

    socket: Path
    prefix: str
    title: str
    place: Place


def parse_options(arguments: Sequence[str]) -> Options:
    """Read the command line; what is wrong with it ends the program."""
    parser = argparse.ArgumentParser(prog="aen.compute.apps.terminal")
    parser.add_argument("--socket", type=Path, required=True, help="where to listen")
    parser.add_argument("--prefix", required=True, help="/owner/project/terminal")
    parser.add_argument("--project", type=Path, required=True, help="project folder")
    parser.add_argument("--environment", default="", help="its prefix, if there is one")
    parser.add_argument("--home", type=Path, help="home folder, default $HOME")
    parser.add_argument("--title", help="default: owner/project, from the prefix")
    given = parser.parse_args(arguments)
    prefix = "/" + given.prefix.strip("/")
    title = given.title or prefix.strip("/").rpartition("/")[0] or "AEN"
    environment = Path(given.environment) if given.environment else None
    place = Place(given.project, environment, given.home)
    return Options(given.socket, prefix, title, place)


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
    port = listen_privately(reactor, options.socket, site)

    async def stop() -> None:
        await maybeDeferred(port.stopListening)
        await shells.stop()
        options.socket.unlink(missing_ok=True)

    reactor.addSystemEventTrigger(
        "before", "shutdown", lambda: Deferred.fromCoroutine(stop())
    )


def main() -> None:
    """Run until SIGTERM."""
    from twisted.internet import reactor

    globalLogBeginner.beginLoggingTo([as_text()], redirectStandardIO=False)
    options = parse_options(sys.argv[1:])
    try:
        assemble(options, Limits(), reactor, os.environ)
    except AenError as error:
        raise SystemExit(error.message) from None
    reactor.run()


if __name__ == "__main__":
    main()
