"""The disk's steps as the reactor sees them: one child each, with progress.

This is the seam of privilege. Today the child is ours; when projects belong to real
accounts, the same verbs go to the privileged helper.
"""

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from attrs import field, frozen

from aen.compute.children import Command, Ended, IReactorChildren, run
from aen.model.errors import Failed

_PACKAGES = str(Path(__file__).parents[2])
# -I -S: neither the environment nor anything installed has a say in what runs
_BOOT = (
    "import sys; sys.path.insert(0, sys.argv.pop(1));"
    " from aen.compute.disk.__main__ import main; sys.exit(main(*sys.argv[1:]))"
)
_FULL = (
    "The disk of the node is full. Remove files or ask the administrator for more"
    " space, then try again."
)

Tell = Callable[[int, int], None]


def unheard(done: int, total: int) -> None:
    """Take a report that nobody watches."""


class Steps(Protocol):
    """What can be done to the disk; the verbs are those of `aen.compute.disk`."""

    async def run(
        self, verb: str, arguments: Mapping[str, Any], tell: Tell = unheard
    ) -> Any:
        """Do one step and return its result.

        :raises Failed: with what went wrong and what to do.
        """
        ...


@frozen
class ChildSteps:
    """Each step in a child process of our own account."""

    reactor: IReactorChildren
    timeout: float
    environment: Mapping[str, str] = field(factory=dict)
    """All that a child gets of the environment: nothing, or the platform's mark."""

    async def run(
        self, verb: str, arguments: Mapping[str, Any], tell: Tell = unheard
    ) -> Any:
        """Do one step and return its result.

        :raises Failed: with what went wrong and what to do.
        """
        answer: dict[str, Any] = {}

        def line(text: str) -> None:
            said = _parsed(text)
            if "total" in said:
                tell(said["done"], said["total"])
            else:
                answer.update(said)

        ended = await run(self.reactor, self._command(verb, arguments), line)
        if ended.ok and "result" in answer:
            return answer["result"]
        raise _failure(verb, answer, ended)

    def _command(self, verb: str, arguments: Mapping[str, Any]) -> Command:
        argv = (sys.executable, "-I", "-S", "-c", _BOOT, _PACKAGES)
        whole = (*argv, verb, json.dumps(arguments))
        return Command(whole, dict(self.environment), timeout=self.timeout)


def _parsed(text: str) -> dict[str, Any]:
    try:
        said = json.loads(text)
    except ValueError:
        return {}  # a traceback: it is among the last lines
    return said if isinstance(said, dict) else {}


def _failure(verb: str, answer: Mapping[str, Any], ended: Ended) -> Failed:
    """Say what went wrong with a step in words for people."""
    if answer.get("kind") == "full":
        return Failed(_FULL)
    if answer.get("kind") == "refused":
        return Failed(str(answer["error"]))
    if answer.get("kind") == "disk":
        return Failed(f"The node's disk refused the step “{verb}”: {answer['error']}.")
    if ended.timed_out:
        return Failed(f"The step “{verb}” took too long; the node's disk may be slow.")
    what = "was killed" if ended.status is None else "broke"
    return Failed(f"The step “{verb}” {what}; try again.", log=ended.lines)
