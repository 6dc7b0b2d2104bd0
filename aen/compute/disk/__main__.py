"""Do one step: a verb and its arguments as JSON in, lines of JSON out.

Each line is ``{"done": n, "total": n}``; the last is ``{"result": …}`` or
``{"error": sentence, "kind": kind}``.
"""

import json
import os
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

from aen.compute.disk.telling import failure, say, say_progress
from aen.compute.disk.walk import Refused

VERBS = {
    "make": "project",
    "finish": "project",
    "move": "moving",
    "relocate": "relocating",
    "duplicate": "duplicating",
    "check": "project",
    "settle": "project",
    "stage": "project",
    "place": "project",
    "remove": "project",
    "discard": "project",
    "sweep": "project",
    "clone": "clone",
    "seal": "template",
    "drop": "template",
    "environments": "listing",
    "measure": "measure",
    "survey": "survey",
    "send": "shipping",
    "receive": "shipping",
}
"""The module whose function of that name does it. Only that one is imported: all of
them together take longer than most steps."""
TELLING = frozenset({"clone", "seal", "duplicate", "receive"})
"""The verbs that tell how far they are."""


def step(verb: str) -> Callable[..., Any]:
    """Return what does *verb*."""
    module = import_module(f"aen.compute.disk.{VERBS[verb]}")
    does: Callable[..., Any] = getattr(module, verb)
    return does


def main(verb: str, arguments: str) -> int:
    """Do the step; return the exit status."""
    os.umask(0o022)
    given = json.loads(arguments)
    if verb in TELLING:
        given["tell"] = say_progress
    try:
        say({"result": step(verb)(**given)})
    except (Refused, OSError) as error:
        say(failure(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
