"""``python -m aen.compute.apps.files``: the files app as a program."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from attrs import evolve, fields_dict, frozen
from twisted.logger import Logger

from aen.compute.apps.files.limits import Limits
from aen.compute.apps.files.mounting import mount
from aen.compute.apps.files.site import FilesSite
from aen.compute.apps.program import command_line, run, serve
from aen.runtime.tasks import spawn

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
    parser = command_line("files")
    for name in SETTINGS:
        default = getattr(Limits(), name)
        help_ = f"{fields_dict(Limits)[name].name.replace('_', ' ')}: {default}"
        flag = f"--{name.replace('_', '-')}"
        parser.add_argument(flag, type=_positive, default=default, help=help_)
    given = parser.parse_args(arguments)
    limits = evolve(Limits(), **{name: getattr(given, name) for name in SETTINGS})
    return Options(given.socket, given.prefix, given.project, limits)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def assemble(options: Options, reactor: Any) -> None:
    """Put the app together and listen.

    :raises AenError: it cannot be started; says why.
    """
    files = mount(
        options.prefix, options.project, options.socket, options.limits, reactor
    )
    serve(reactor, options.socket, FilesSite(files))
    spawn(Logger(), "tidying up", files.tidy())


def main() -> None:
    """Run until SIGTERM."""
    from twisted.internet import reactor

    options = parse_options(sys.argv[1:])
    run(reactor, lambda: assemble(options, reactor))


if __name__ == "__main__":
    main()
