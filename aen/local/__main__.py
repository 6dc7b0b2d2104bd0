"""``python -m aen.local run``: the whole platform on this machine; or ``prepare``."""

import argparse
import os
import sys
import sysconfig
from pathlib import Path

from aen.local import running
from aen.local.files import Programs, environment
from aen.local.installation import Installation, check_plain
from aen.local.supervision import Platform
from aen.model.errors import AenError, Invalid


def main() -> None:
    """Run, and end with a sentence and status 1 when that cannot be."""
    asked = parser().parse_args()
    try:
        platform = Platform(
            one := installation(asked), programs(), environment(one, os.environ)
        )
        if asked.prepare:
            running.prepare(platform, running.say)
            return
        password = asked.admin_password or os.environ.get("ADMIN_PASSWORD", "")
        running.run(platform, password, running.say)
    except AenError as error:
        sys.exit(running.explain(error))


def parser() -> argparse.ArgumentParser:
    """Return what understands our command line; `make run` fills it in."""
    made = argparse.ArgumentParser(prog="python -m aen.local")
    commands = made.add_subparsers(required=True, metavar="COMMAND")
    text = "run everything in the foreground until Ctrl-C"
    _options(commands.add_parser("run", help=text), prepare=False)
    text = "only make folders, settings and commands, to restore a backup into"
    _options(commands.add_parser("prepare", help=text), prepare=True)
    return made


def _options(run: argparse.ArgumentParser, *, prepare: bool) -> None:
    run.set_defaults(prepare=prepare)
    run.add_argument("--prefix", type=Path, default=Path("var"))
    run.add_argument("--http", type=int, default=8080)
    run.add_argument("--gateway", type=int, default=8089)
    run.add_argument("--compute", type=int, default=5002)
    run.add_argument("--bind", default="127.0.0.1", help="address to listen on")
    run.add_argument("--public-host", default="", help="this machine's name in URLs")
    run.add_argument(
        "--admin-password",
        default="",
        help="others can read a command line; ADMIN_PASSWORD in the environment is"
        " better",
    )
    run.add_argument(
        "--multiuser",
        default="",
        help="1: each user has an account of this machine and apps run as it (root)",
    )


def installation(asked: argparse.Namespace) -> Installation:
    """Return the choices of a command line as a value."""
    return Installation(
        prefix=asked.prefix.expanduser().resolve(),
        http=asked.http,
        gateway=asked.gateway,
        compute=asked.compute,
        bind=asked.bind,
        public_host=asked.public_host,
        multiuser=_switch("MULTIUSER", asked.multiuser),
    )


def _switch(name: str, text: str) -> bool:
    """Return whether a switch of the command line is on.

    :raises Invalid: it is neither on nor off.
    """
    try:
        return {"": False, "0": False, "1": True}[text]
    except KeyError:
        raise Invalid(f"{name}={text} is neither 1 nor 0.") from None


def programs() -> Programs:
    """Return the programs of the environment this runs in.

    :raises Invalid: Twisted's is not there, or in a place of odd characters.
    """
    twistd = Path(sysconfig.get_path("scripts"), "twistd")
    if not twistd.exists():
        raise Invalid(f"{twistd} is not there; install AEN with its dependencies.")
    check_plain("The folder of this program", twistd)
    return Programs(python=Path(sys.executable), twistd=twistd)


if __name__ == "__main__":
    main()
