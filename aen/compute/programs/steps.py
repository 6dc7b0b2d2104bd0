"""The disk's steps as the reactor sees them: one child each, with progress.

What needs no privilege is done by a child of our own account. With real accounts the
privileged verbs go to the helper (`aen.compute.helper`).
"""

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from attrs import field, frozen

from aen.compute.programs.children import Command, Ended, IReactorChildren, run
from aen.model.errors import Failed

_PACKAGES = str(Path(__file__).parents[3])
# -I -S: neither the environment nor anything installed has a say in what runs
_BOOT = (
    "import sys; sys.path.insert(0, sys.argv.pop(1));"
    " from aen.compute.disk.__main__ import main; sys.exit(main(*sys.argv[1:]))"
)
_DIRECT = (
    "import sys; sys.path.insert(0, sys.argv.pop(1));"
    " from aen.compute.helper.__main__ import direct; sys.exit(direct(*sys.argv[1:]))"
)
_FULL = (
    "The disk of the node is full. Remove files or ask the administrator for more"
    " space, then try again."
)

Tell = Callable[[int, int], None]
Hear = Callable[[str], None]


def unheard(done: int, total: int) -> None:
    """Take a report that nobody watches."""


def no_output(line: str) -> None:
    """Take output of a step that has none."""


class Steps(Protocol):
    """What can be done to the disk; the verbs are those of `aen.compute.disk`."""

    async def run(
        self, verb: str, arguments: Mapping[str, Any], tell: Tell = unheard
    ) -> Any:
        """Do one step and return its result.

        :raises Failed: with what went wrong and what to do.
        """
        ...


class Answer:
    """The lines of one step: reports and output as they come, the rest kept."""

    def __init__(self, tell: Tell, hear: Hear) -> None:
        self.said: dict[str, Any] = {}
        self._tell = tell
        self._hear = hear

    def line(self, text: str) -> None:
        """Take one line."""
        said = parsed(text)
        if "total" in said:
            self._tell(said["done"], said["total"])
        elif "output" in said:
            self._hear(str(said["output"]))
        else:
            self.said.update(said)

    def result(self, verb: str, ended: Ended) -> Any:
        """Return the result.

        :raises Failed: there is none.
        """
        if ended.ok and "result" in self.said:
            return self.said["result"]
        raise _failure(verb, self.said, ended)


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
        answer = Answer(tell, no_output)
        ended = await run(self.reactor, self.command(verb, arguments), answer.line)
        return answer.result(verb, ended)

    def command(self, verb: str, arguments: Mapping[str, Any]) -> Command:
        """Return the program for one verb."""
        argv = (sys.executable, "-I", "-S", "-c", _BOOT, _PACKAGES)
        whole = (*argv, verb, json.dumps(arguments))
        return Command(whole, dict(self.environment), timeout=self.timeout)


@frozen
class HelperCall:
    """How the privileged helper is called: by root itself, or through sudo."""

    argv: tuple[str, ...]
    environment: Mapping[str, str] = field(factory=dict)

    def command(
        self,
        verb: str,
        arguments: Mapping[str, Any],
        timeout: float,
        *,
        errors: int | None = None,
        attended: bool = False,
    ) -> Command:
        """Return the program for one verb.

        :param errors: the descriptor that it has for its errors.
        :param attended: whether it is to end when we do.
        """
        request = json.dumps({"verb": verb, **arguments}).encode() + b"\n"
        return Command(
            self.argv,
            dict(self.environment),
            timeout=timeout,
            input=request,
            attended=attended,
            errors=errors,
        )


def by_root(settings: str, environment: Mapping[str, str] | None = None) -> HelperCall:
    """Return the call for a node that root runs: our own code, no sudo.

    :param settings: the path of the helper's settings.
    """
    argv = (sys.executable, "-I", "-S", "-c", _DIRECT, _PACKAGES, settings)
    return HelperCall(argv, environment or {})


def by_sudo(program: str, environment: Mapping[str, str] | None = None) -> HelperCall:
    """Return the call for the service account."""
    return HelperCall(("/usr/bin/sudo", "-n", "--", program), environment or {})


async def ask_helper(
    reactor: IReactorChildren,
    verb: str,
    command: Command,
    tell: Tell = unheard,
    hear: Hear = no_output,
) -> Any:
    """Run one call of the helper and return its result.

    :param hear: called with each line that a tool prints.
    :raises Failed: with what went wrong and what to do.
    """
    answer = Answer(tell, hear)
    return answer.result(verb, await run(reactor, command, answer.line))


def parsed(text: str) -> dict[str, Any]:
    """Return what a line of a step says; nothing where it is none."""
    try:
        said = json.loads(text)
    except ValueError:
        return {}  # a traceback: it is among the last lines
    return said if isinstance(said, dict) else {}


def told_failure(answer: Mapping[str, Any], disk: str) -> Failed | None:
    """Return what went wrong with a step as it tells itself; None: it does not.

    :param disk: begins the sentence about a disk that refuses something.
    """
    match answer.get("kind"):
        case "full":
            return Failed(_FULL)
        case "refused":
            return Failed(str(answer["error"]))
        case "disk":
            return Failed(f"{disk}: {answer['error']}.")
        case _:
            return None


def _failure(verb: str, answer: Mapping[str, Any], ended: Ended) -> Failed:
    """Say what went wrong with a step in words for people."""
    disk = f"The node's disk refused the step “{verb}”"
    if (told := told_failure(answer, disk)) is not None:
        return told
    if ended.timed_out:
        return Failed(f"The step “{verb}” took too long; the node's disk may be slow.")
    what = "was killed" if ended.status is None else "broke"
    return Failed(f"The step “{verb}” {what}; try again.", log=ended.lines)
