"""``python -m aen.compute.apps.workbench``: the Workbench as a program."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from attrs import frozen

from aen.compute.apps.files.limits import Limits
from aen.compute.apps.files.mounting import mount
from aen.compute.apps.files.site import FilesSite
from aen.compute.apps.program import command_line, run, serve
from aen.compute.apps.workbench.page import BUILT, Page
from aen.compute.apps.workbench.site import FILES, Workbench
from aen.runtime.assets import Assets


@frozen
class Options:
    """The command line."""

    socket: Path
    prefix: str
    project: Path


def parse_options(arguments: Sequence[str]) -> Options:
    """Read the command line; what is wrong with it ends the program."""
    given = command_line("workbench").parse_args(arguments)
    return Options(given.socket, given.prefix, given.project)


def make_site(options: Options, assets: Assets, reactor: Any) -> FilesSite:
    """Return the whole app as a site.

    :raises Invalid: the project is not there.
    """
    prefix = f"{options.prefix}/{FILES}"
    files = mount(prefix, options.project, options.socket, Limits(), reactor)
    workbench = Workbench(files, Page(options.prefix, assets))
    return FilesSite(files, workbench.answer)


def assemble(options: Options, reactor: Any) -> None:
    """Put the app together and listen.

    :raises AenError: it cannot be started; says why.
    """
    serve(reactor, options.socket, make_site(options, Assets.load(BUILT), reactor))


def main() -> None:
    """Run until SIGTERM."""
    from twisted.internet import reactor

    options = parse_options(sys.argv[1:])
    run(reactor, lambda: assemble(options, reactor))


if __name__ == "__main__":
    main()
