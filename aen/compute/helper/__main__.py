"""The helper as a program: one call, or many by an attendant.

The request is one line of JSON on the standard input, ``{"verb": …, …}``. Lines of
JSON come back: ``{"done": n, "total": n}`` or ``{"output": line}`` while it works, at
last ``{"result": …}`` or ``{"error": sentence, "kind": kind}``. After the verb
``attend`` the program stays: see `attending`.
"""

import os
import sys

from aen.compute.disk.telling import failure, say
from aen.compute.disk.walk import Refused
from aen.compute.helper import caller, settings
from aen.compute.helper.calling import LONGEST, one_call


def main(path: str = settings.DEFAULT, *more: str) -> int:
    """Do what the standard input asks for; return the exit status.

    :param path: of the settings: what the installer said, or root itself.
    """
    os.umask(0o022)
    # the same for everybody who calls: where we are and what we inherit is theirs
    os.chdir("/")
    if more:
        say(failure(Refused("This program takes no arguments.")))
        return 1
    status, verb = one_call(path, _read, "alone")
    if status or verb != "attend":
        return status
    from aen.compute.helper.attending import attend

    attend(path)
    return 0


def _read() -> bytes:
    """Return the request: one line, and what follows it is not read."""
    content = b""
    while not content.endswith(b"\n") and len(content) <= LONGEST:
        part = os.read(0, 65536)
        if not part:
            break
        content += part
    return content


def direct(path: str = settings.DEFAULT, *more: str) -> int:
    """Be what root itself calls out of a checkout, with settings of its choice."""
    if not caller.by_root_itself(os.environ, os.geteuid()):
        say(failure(Refused(caller.ROOT_ONLY)))
        return 1
    return main(path, *more)


if __name__ == "__main__":
    sys.exit(direct(*sys.argv[1:]))
