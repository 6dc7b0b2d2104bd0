"""Programs that work inside a project for somebody: as whom, where, with what."""

import functools
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from attrs import evolve, field, frozen

from aen.compute.environments import copying, inside
from aen.compute.environments.uvtool import everybody_runs
from aen.compute.programs.children import (
    Command,
    Ended,
    IReactorChildren,
    OnLine,
    run,
    with_umask,
)
from aen.compute.programs.steps import parsed, told_failure
from aen.model.errors import Failed
from aen.model.names import ProjectPath, UserName
from aen.runtime.credentials import make_private

_SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"
# What a member makes is the whole team's, and nobody else's.
_UMASK = with_umask("007")
_SYSTEM_PYTHON = "/usr/bin/python3"
# Makes modules of texts, the last of which is the program.
_BOOT = """\
import json, sys, types
for name, text in json.loads(sys.argv.pop(1)).items():
    module = sys.modules[name] = types.ModuleType(name)
    exec(compile(text, name, "exec"), module.__dict__)
sys.exit(module.main(*sys.argv[1:]))
"""
_TRIAL = ("-I", "-c", "import ipykernel")


class Tool(Protocol):
    """Runs a program in a project's directory, with the rights of one user."""

    async def run(
        self,
        user: UserName,
        path: ProjectPath,
        argv: tuple[str, ...],
        environment: Mapping[str, str],
        hear: OnLine,
    ) -> Ended:
        """Run *argv* and return how it ended; cancelling kills all of it.

        It gets *environment* and `own_variables`, nothing else.

        :param hear: called with each line of output as it comes.
        :raises Failed: it cannot be started.
        """
        ...


def own_variables(user: str, home: str) -> dict[str, str]:
    """Return what programs that work for *user* have in their environment."""
    return {
        "HOME": home,
        "USER": user,
        "LOGNAME": user,
        "PATH": _SYSTEM_PATH,
        "LANG": "C.UTF-8",
    }


@frozen
class OwnTool:
    """Runs programs as the account that runs this node: single-user mode."""

    reactor: IReactorChildren
    root: Path
    homes: Path
    """Home directories of users who have no account on this machine."""
    timeout: float = 1800.0
    """Seconds after which a program is killed."""
    keep: int = 40
    """Lines of output that are shown when it fails."""
    mark: Mapping[str, str] = field(factory=dict)
    """What `make run` knows its processes by, if it runs us."""

    async def run(
        self,
        user: UserName,
        path: ProjectPath,
        argv: tuple[str, ...],
        environment: Mapping[str, str],
        hear: OnLine,
    ) -> Ended:
        """Run *argv* and return how it ended; cancelling kills all of it.

        :raises Failed: it cannot be started.
        """
        home = self.homes / user
        make_private(home)
        own = own_variables(user, str(home))
        command = Command(
            (*_UMASK, *argv),
            {**own, **self.mark, **environment},
            self.root / path.owner / path.name,
            self.timeout,
            session=True,
        )
        return await run(self.reactor, command, hear, self.keep)


@frozen
class Hands:
    """One user at work in one project."""

    tool: Tool
    user: UserName
    path: ProjectPath
    home: Path
    """The project's directory."""
    hear: OnLine
    """Called with what tools print, for people."""
    environment: Mapping[str, str] = field(factory=dict)
    """By what tools reach package indexes."""

    async def run(
        self, argv: tuple[str, ...], more: Mapping[str, str] | None = None
    ) -> Ended:
        """Run a program whose output people hear.

        :raises Failed: it cannot be started.
        """
        given = {**self.environment, **(more or {})}
        return await self.tool.run(self.user, self.path, argv, given, self.hear)

    async def step(self, verb: str, **arguments: Any) -> Any:
        """Do one of the steps of `inside` in the project and return its result.

        :raises Failed: with what went wrong and what to do.
        """
        return await self._step(verb, {"project": str(self.home), **arguments})

    async def offer_kernels(self, directory: Path, specs: Mapping[str, str]) -> None:
        """Let the user's Jupyter with the private *directory* see these kernels.

        :raises Failed: they cannot be written.
        """
        await self._step("kernels", {"directory": str(directory), "specs": dict(specs)})

    async def _step(self, verb: str, arguments: Mapping[str, Any]) -> Any:
        answer: dict[str, Any] = {}

        def line(text: str) -> None:
            answer.update(parsed(text))

        argv = (*inside_program(), verb, json.dumps(arguments))
        ended = await self.tool.run(self.user, self.path, argv, {}, line)
        if ended.ok and "result" in answer:
            return answer["result"]
        raise step_failure(answer, ended)

    def hearing(self, hear: OnLine) -> "Hands":
        """Return the same, with output going elsewhere."""
        return evolve(self, hear=hear)


def step_failure(answer: Mapping[str, Any], ended: Ended) -> Failed:
    """Say what went wrong with a step in words for people."""
    disk = "The environment's files cannot be changed"
    if (told := told_failure(answer, disk)) is not None:
        return told
    if ended.timed_out:
        return Failed("It took too long; the node's disk may be slow.")
    return Failed("Work on the environment's files broke off.", log=ended.lines)


@functools.cache
def inside_program() -> tuple[str, ...]:
    """Return the beginning of the command that does a step of `inside`."""
    parts = (copying, inside)
    texts = {one.__name__: Path(str(one.__file__)).read_text("utf-8") for one in parts}
    own = Path(sys.executable).resolve()
    python = str(own) if everybody_runs(own) else _SYSTEM_PYTHON
    # -I -S: neither the environment nor anything installed has a say in what runs
    return (python, "-I", "-S", "-c", _BOOT, json.dumps(texts))


async def works_as(tool: Tool, user: UserName, path: ProjectPath, prefix: Path) -> bool:
    """Whether the environment at *prefix* can run a kernel; *user* runs the trial.

    An environment is its team's: only its own people may run what is in it.
    """
    argv = (str(prefix / "bin" / "python"), *_TRIAL)
    return (await tool.run(user, path, argv, {}, lambda _: None)).ok
