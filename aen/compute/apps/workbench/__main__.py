"""``python -m aen.compute.apps.workbench``: the Workbench as a program."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from attrs import frozen
from twisted.logger import Logger

from aen.compute.apps.files.limits import Limits
from aen.compute.apps.files.mounting import mount
from aen.compute.apps.files.site import Files, FilesSite
from aen.compute.apps.program import command_line, run, serve
from aen.compute.apps.workbench.page import BUILT, Page
from aen.compute.apps.workbench.site import FILES, Workbench
from aen.runtime.assets import Assets
from aen.runtime.tasks import spawn


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


def mount_files(options: Options, reactor: Any) -> Files:
    """Return the files app, below the Workbench's own address.

    :raises Invalid: the project is not there.
    """
    prefix = f"{options.prefix}/{FILES}"
    return mount(prefix, options.project, options.socket, Limits(), reactor)


def make_site(prefix: str, files: Files, assets: Assets) -> FilesSite:
    """Return the whole app as a site."""
    return FilesSite(files, Workbench(files, Page(prefix, assets)).answer)


def assemble(options: Options, reactor: Any) -> None:
    """Put the app together and listen.

    :raises AenError: it cannot be started; says why.
    """
    files = mount_files(options, reactor)
    site = make_site(options.prefix, files, Assets.load(BUILT))
    serve(reactor, options.socket, site)
    spawn(Logger(), "tidying up", files.tidy())


def main() -> None:
    """Run until SIGTERM."""
    from twisted.internet import reactor

    options = parse_options(sys.argv[1:])
    run(reactor, lambda: assemble(options, reactor))


if __name__ == "__main__":
    main()
