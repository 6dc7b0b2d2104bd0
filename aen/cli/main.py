"""``aen``: from the words of a command line to an exit status."""

import os
import sys
import time
from argparse import Namespace
from collections.abc import Mapping, Sequence
from typing import TextIO

from attrs import field, frozen

from aen.cli import people
from aen.cli.client import Client
from aen.cli.completion import script
from aen.cli.desk import Desk
from aen.cli.keeping import Login, find, place
from aen.cli.options import parser
from aen.cli.people import Asker
from aen.cli.problems import INTERRUPTED, Problem


@frozen
class Surroundings:
    """Where a command runs: what it may read, ask, and write to."""

    environment: Mapping[str, str] = field(factory=lambda: dict(os.environ))
    out: TextIO = field(factory=lambda: sys.stdout)
    err: TextIO = field(factory=lambda: sys.stderr)
    asker: Asker = field(factory=Asker)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line; return the exit status."""
    return run(sys.argv[1:] if arguments is None else arguments, Surroundings())


def run(arguments: Sequence[str], around: Surroundings) -> int:
    """Run a command line in *around*; return the exit status."""
    try:
        _obey(parser().parse_args(arguments), around)
    except Problem as problem:
        around.err.write(f"aen: {problem.message}\n")
        return problem.status
    except KeyboardInterrupt:
        around.err.write("aen: left alone; what was asked for goes on.\n")
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has enough of it; nothing is to be flushed there.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 1
    return 0


def _obey(asked: Namespace, around: Surroundings) -> None:
    path = place(around.environment)
    if asked.word == "completion":
        around.out.write(script(parser()))
        return
    if asked.word == "login":
        people.login(_desk(Login("", ""), asked, around), asked, path, around.asker)
        return
    kept = find(path, around.environment)
    desk = _desk(kept, asked, around)
    if asked.word == "logout":
        people.logout(desk, kept, path)
        return
    asked.command(desk, asked)


def _desk(kept: Login, asked: Namespace, around: Surroundings) -> Desk:
    client = Client(kept.url, kept.token)
    return Desk(client, around.out, around.err, asked.json, time.sleep)


def console() -> None:
    """Be the program ``aen``."""
    sys.exit(main())
