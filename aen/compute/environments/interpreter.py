"""Which Python the environments have."""

import os
import sys
from pathlib import Path

from attrs import frozen

from aen.compute.programs.children import Command, IReactorChildren, run
from aen.model.errors import Failed

OLDEST = (3, 11)
_SYSTEM = "/usr/bin/python3"
_TRIAL = (
    "import ctypes, sqlite3, ssl, sys, venv, zlib;print(*sys.version_info[:3], sep='.')"
)
_PATIENCE = 20.0  # seconds; the first start of an interpreter on a slow disk
_KERNEL_PATIENCE = 60.0  # the first import of a kernel


@frozen
class Interpreter:
    """A Python that environments can be made from."""

    path: str
    version: str


def candidates(wished: str) -> list[str]:
    """Return the interpreters to try, best first; a *wished* one alone."""
    if wished:
        return [wished]
    own = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info[1]}"
    return [_SYSTEM, str(own), getattr(sys, "_base_executable", sys.executable)]


async def find_interpreter(reactor: IReactorChildren, wished: str) -> Interpreter:
    """Return the first interpreter that works.

    :raises Failed: none does; the text says what is wrong with each.
    """
    problems = []
    for path in dict.fromkeys(candidates(wished)):
        version = await _version(reactor, path)
        if not version:
            problems.append(f"{path} does not work")
        elif tuple(map(int, version.split(".")[:2])) < OLDEST:
            problems.append(f"{path} is Python {version}, too old")
        else:
            return Interpreter(path, version)
    oldest = ".".join(map(str, OLDEST))
    raise Failed(
        f"There is no Python for environments: {'; '.join(problems)}."
        f" Set “python” to one of version {oldest} or newer."
    )


async def _version(reactor: IReactorChildren, path: str) -> str:
    if not os.access(path, os.X_OK):
        return ""
    command = Command((path, "-I", "-c", _TRIAL), timeout=_PATIENCE)
    lines: list[str] = []
    ended = await run(reactor, command, lines.append)
    return lines[-1] if ended.ok and lines else ""


async def starts(reactor: IReactorChildren, prefix: Path, *, kernel: bool) -> bool:
    """Whether the Python of the environment at *prefix* starts, and can run a *kernel*.

    It runs as the node's own account.
    """
    trial = "import ipykernel" if kernel else "import site"
    argv = (str(prefix / "bin" / "python"), "-I", "-c", trial)
    command = Command(argv, timeout=_KERNEL_PATIENCE)
    return (await run(reactor, command, lambda _: None)).ok
