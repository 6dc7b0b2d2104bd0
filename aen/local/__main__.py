"""``python -m aen.local run``: the whole platform on this machine."""

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
        if asked.multiuser not in ("", "0"):
            raise Invalid(
                "MULTIUSER=1 is not there yet: this version runs every app as the"
                " account that starts it. Run without MULTIUSER."
            )
        platform = Platform(
            one := installation(asked), programs(), environment(one, os.environ)
        )
        password = asked.admin_password or os.environ.get("ADMIN_PASSWORD", "")
        running.run(platform, password, running.say)
    except AenError as error:
        sys.exit(running.explain(error))


def parser() -> argparse.ArgumentParser:
    """Return what understands our command line; `make run` fills it in."""
    made = argparse.ArgumentParser(prog="python -m aen.local")
    run = made.add_subparsers(required=True, metavar="COMMAND").add_parser(
        "run", help="run everything in the foreground until Ctrl-C"
    )
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
    run.add_argument("--multiuser", default="", help="not there yet")
    return made


def installation(asked: argparse.Namespace) -> Installation:
    """Return the choices of a command line as a value."""
    return Installation(
        prefix=asked.prefix.expanduser().resolve(),
        http=asked.http,
        gateway=asked.gateway,
        compute=asked.compute,
        bind=asked.bind,
        public_host=asked.public_host,
    )


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
