"""Stand-ins for the node's surroundings: steps in this process, a small template."""

import errno
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil
from twisted.internet.defer import Deferred

from aen.compute.disk.__main__ import TELLING, step
from aen.compute.disk.clone import MARKER
from aen.compute.disk.walk import Refused
from aen.compute.environments.provider import BUILDING, CLONING, Report
from aen.compute.programs import steps
from aen.compute.programs.steps import Steps, Tell
from aen.model.errors import Failed
from aen.model.projects import Progress


def unheard(_: Progress) -> None:
    """Take a report that nobody watches."""


def kill_clones() -> None:
    """Kill the children of this process that clone an environment."""
    for child in psutil.Process().children():
        if "clone" in child.cmdline():
            child.kill()


class LocalSteps:
    """The real steps, in this process; can stop working as a killed node does.

    `survives` is how many steps are done before everything fails; `full` names a
    verb that meets a full disk.
    """

    def __init__(self, survives: int | None = None, full: str = "") -> None:
        self.done: list[str] = []
        self._survives = survives
        self._full = full

    async def run(
        self, verb: str, arguments: Mapping[str, Any], tell: Tell = steps.unheard
    ) -> Any:
        """Do one step here and now."""
        if self._survives is not None and len(self.done) >= self._survives:
            raise Failed("The node is dead.")
        self.done.append(verb)
        given = dict(arguments) | ({"tell": tell} if verb in TELLING else {})
        if verb == self._full:
            raise Failed(f"{os.strerror(errno.ENOSPC)}: the disk is full.")
        try:
            return json.loads(json.dumps(step(verb)(**given)))
        except (Refused, OSError) as error:
            raise Failed(str(error)) from error


def small_template(prefix: Path) -> Path:
    """Make a template of a few files at *prefix*; its Python is the machine's."""
    packages = prefix / "lib" / "python3.11" / "site-packages"
    (packages / "six-1.17.0.dist-info").mkdir(parents=True)
    (packages / "six.py").write_text("big = 'shared'\n")
    (packages / "empty.py").write_text("")
    (packages / "paths.pth").write_text(f"{prefix}/extra\n")
    (packages / "six-1.17.0.dist-info" / "RECORD").write_text("six.py,,\n")
    (prefix / "bin").mkdir()
    (prefix / "bin" / "python").symlink_to("/bin/sh")
    (prefix / "bin" / "tool").write_text(f"#!{prefix}/bin/python\n")
    (prefix / "bin" / "tool").chmod(0o755)
    (prefix / "pyvenv.cfg").write_text("home = /usr/bin\nversion_info = 3.11.2\n")
    (prefix / ".lock").write_text("")
    (prefix / ".lock").chmod(0o666)
    for path in prefix.rglob("*"):
        if path.is_file() and not path.is_symlink():
            path.chmod(path.stat().st_mode & 0o555)
    (prefix / MARKER).write_text("{}")
    return prefix


class LocalEnvironments:
    """A provider whose template is a few files; can refuse or find clones broken."""

    def __init__(self, root: Path, steps: Steps) -> None:
        self.refusal: Failed | None = None
        self.building: Deferred[None] | None = None
        self.working = True
        self.trouble: tuple[str, ...] = ()
        self._prefix = root / ".envs" / "default-1"
        self._steps = steps

    async def ready(self, template: str, report: Report) -> Path:
        """Return the template's prefix."""
        report(Progress(BUILDING))
        if self.building is not None:
            await self.building
        if self.refusal is not None:
            raise self.refusal
        if not self._prefix.exists():
            small_template(self._prefix)
        return self._prefix

    async def clone(
        self, template: Path, target: Path, prefix: Path, report: Report
    ) -> None:
        """Clone for real."""
        arguments = {"template": str(template), "target": str(target)}
        more = {"prefix": str(prefix), "link": True}
        await self._steps.run(
            "clone",
            arguments | more,
            lambda done, total: report(Progress(CLONING, done, total)),
        )

    async def works(self, prefix: Path) -> bool:
        """Whatever `working` says."""
        return self.working

    async def problems(self) -> tuple[str, ...]:
        """Whatever `trouble` says."""
        return self.trouble

    async def stop(self) -> None:
        """Nothing is built."""
