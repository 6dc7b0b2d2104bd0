"""``python -m aen.compute.apps.viewer``: the Viewer as a program."""

import argparse
import os
import pwd
import sys
from collections.abc import Sequence
from typing import Any

from aen.compute.apps.files.inside import Inside
from aen.compute.apps.files.site import FilesSite
from aen.compute.apps.program import command_line, run, serve
from aen.compute.apps.viewer.limits import Limits
from aen.compute.apps.viewer.pages import BUILT, Pages
from aen.compute.apps.viewer.site import Viewer
from aen.model.errors import Invalid
from aen.runtime.assets import Assets


def parse_options(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line; what is wrong with it ends the program."""
    return command_line("viewer").parse_args(arguments)


def assemble(options: argparse.Namespace, reactor: Any) -> None:
    """Put the app together and listen.

    :raises AenError: it cannot be started; says why.
    """
    try:
        inside = Inside(options.project)
    except OSError as error:
        raise Invalid(f"{options.project}: {error.strerror}") from None
    pages = Pages(options.prefix, Assets.load(BUILT), account())
    viewer = Viewer(options.prefix, inside, Limits(), reactor, pages)
    serve(reactor, options.socket, FilesSite(viewer), viewer.stop)


def account() -> str:
    """Return the account that files are read as."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())


def main() -> None:
    """Run until SIGTERM."""
    from twisted.internet import reactor

    options = parse_options(sys.argv[1:])
    run(reactor, lambda: assemble(options, reactor))


if __name__ == "__main__":
    main()
