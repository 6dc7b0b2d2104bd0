"""``python -m aen.compute.apps.files``: the files app as a program."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from attrs import evolve, fields_dict, frozen
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.logger import globalLogBeginner

from aen.compute.apps.files.inside import Inside
from aen.compute.apps.files.limits import Limits
from aen.compute.apps.files.page import Pages, built_assets
from aen.compute.apps.files.site import Files, FilesSite
from aen.compute.apps.listening import listen_privately
from aen.model.errors import AenError, Invalid
from aen.runtime.logs import as_text

SETTINGS = ("import_entries", "import_bytes", "import_upload", "stale")
"""The limits that the command line, and so a manifest of one's own, may set."""


@frozen
class Options:
    """The command line."""

    socket: Path
    prefix: str
    project: Path
    limits: Limits


def parse_options(arguments: Sequence[str]) -> Options:
    """Read the command line; what is wrong with it ends the program."""
    parser = argparse.ArgumentParser(prog="aen.compute.apps.files")
    parser.add_argument("--socket", type=Path, required=True, help="where to listen")
    parser.add_argument("--prefix", required=True, help="/owner/project/files")
    parser.add_argument("--project", type=Path, required=True, help="project folder")
    for name in SETTINGS:
        default = getattr(Limits(), name)
        help_ = f"{fields_dict(Limits)[name].name.replace('_', ' ')}: {default}"
        flag = f"--{name.replace('_', '-')}"
        parser.add_argument(flag, type=_positive, default=default, help=help_)
    given = parser.parse_args(arguments)
    limits = evolve(Limits(), **{name: getattr(given, name) for name in SETTINGS})
    prefix = "/" + given.prefix.strip("/")
    return Options(given.socket, prefix, given.project, limits)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def assemble(options: Options, reactor: Any) -> None:
    """Put the app together and listen.

    :raises AenError: it cannot be started; says why.
    """
    try:
        inside = Inside(options.project)
    except OSError as error:
        raise Invalid(f"{options.project}: {error.strerror}") from None
    pages = Pages(options.prefix, built_assets())
    files = Files(options.prefix, inside, options.limits, reactor, pages)
    port = listen_privately(reactor, options.socket, FilesSite(files))

    async def stop() -> None:
        await maybeDeferred(port.stopListening)
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
        assemble(options, reactor)
    except AenError as error:
        raise SystemExit(error.message) from None
    reactor.run()


if __name__ == "__main__":
    main()
