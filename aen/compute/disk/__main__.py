"""Do one step: a verb and its arguments as JSON in, lines of JSON out.

Each line is ``{"done": n, "total": n}``; the last is ``{"result": …}`` or
``{"error": sentence, "kind": kind}``.
"""

import json
import os
import sys
from collections.abc import Callable
from typing import Any

from aen.compute.disk import (
    duplicating,
    listing,
    moving,
    project,
    relocating,
    shipping,
    template,
)
from aen.compute.disk.clone import Cloner
from aen.compute.disk.measure import measure
from aen.compute.disk.remove import remove_tree
from aen.compute.disk.survey import survey
from aen.compute.disk.telling import Tell, failure, say, say_progress
from aen.compute.disk.walk import Refused, open_root, opened

Verb = Callable[..., Any]


def clone(template: str, target: str, prefix: str, *, link: bool, tell: Tell) -> Any:
    """Clone *template* to *target*; what a failure leaves half made is removed."""
    try:
        return Cloner(template, target, prefix, link=link).run(tell)
    except BaseException:
        parent, _, name = target.rpartition("/")
        with opened(open_root(parent)) as directory:
            remove_tree(directory, name)
        raise


VERBS: dict[str, Verb] = {
    "make": project.make,
    "finish": project.finish,
    "move": moving.move,
    "relocate": relocating.relocate,
    "duplicate": duplicating.duplicate,
    "check": project.check,
    "settle": project.settle,
    "stage": project.stage,
    "place": project.place,
    "remove": project.remove,
    "discard": project.discard,
    "sweep": project.sweep,
    "clone": clone,
    "seal": template.seal,
    "drop": template.drop,
    "environments": listing.environments,
    "measure": measure,
    "survey": survey,
    "send": shipping.send,
    "receive": shipping.receive,
}
TELLING = frozenset({"clone", "seal", "duplicate", "receive"})
"""The verbs that tell how far they are."""


def main(verb: str, arguments: str) -> int:
    """Do the step; return the exit status."""
    os.umask(0o022)
    given = json.loads(arguments)
    if verb in TELLING:
        given["tell"] = say_progress
    try:
        say({"result": VERBS[verb](**given)})
    except (Refused, OSError) as error:
        say(failure(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
