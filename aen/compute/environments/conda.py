"""Environments by conda, mamba or micromamba: templates and clones.

Its prefix is baked into what conda writes, into programs too. A clone is therefore made
at a path as long as the one it is for, renamed inside byte for byte, and moved.
"""

import hashlib
import json
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from attrs import define, field

from aen.compute.environments.builtin import make_directory
from aen.compute.environments.condatool import Conda, CondaTool, reason
from aen.compute.environments.filelock import locked
from aen.compute.environments.interpreter import starts
from aen.compute.environments.provider import (
    BUILDING,
    CLONING,
    DEFAULT,
    EnvironmentProvider,
    Report,
)
from aen.compute.environments.settings import CloneBy, EnvironmentSettings
from aen.compute.environments.sharing import Sharing
from aen.compute.environments.tool import inside_program
from aen.compute.programs.children import Command, Ended, run
from aen.compute.programs.steps import Steps
from aen.model.errors import Failed
from aen.model.projects import Progress

_VERSION = 1  # of what we do to a template besides creating it
_FEWEST = 4  # random characters in the name of what is being made
_HISTORY = Path("conda-meta", "history")


def is_conda(prefix: Path) -> bool:
    """Whether a conda environment is at *prefix*, and was made to its end."""
    with suppress(OSError):
        return (prefix / _HISTORY).stat().st_size > 0
    return False


@define(eq=False)
class CondaEnvironments:
    """The environments of projects by conda; other templates by *others*."""

    tool: CondaTool
    settings: EnvironmentSettings
    root: Path
    """The project root, absolute."""
    steps: Steps
    others: EnvironmentProvider
    """Makes what is no environment of a project: that of JupyterLab."""
    new_token: Callable[[int], str] = lambda size: secrets.token_hex(size)[:size]
    _builds: Sharing = field(
        factory=lambda: Sharing("building a conda template"), init=False
    )
    _conda: Conda | None = field(default=None, init=False)

    @property
    def _directory(self) -> Path:
        return self.root / ".envs"

    async def conda(self) -> Conda:
        """Return the program, looked for once.

        :raises Failed: there is none that works; says what to do.
        """
        if self._conda is None:
            found = await self.tool.find()
            self.tool.prepare()
            self._conda = found
        return self._conda

    async def ready(self, template: str, report: Report) -> Path:
        """Return the prefix of *template*, built first if there is none.

        :raises Failed: it cannot be built; trying again really tries again.
        """
        if template != DEFAULT:
            return await self.others.ready(template, report)
        if self.settings.default_environment:
            return self._own_default()
        make_directory(self._directory)
        conda = await self.conda()
        prefix = self._directory / self._name(conda)
        if not self._marker(prefix).exists():
            await self._builds.do(
                prefix.name, lambda tell: self._build(conda, prefix, tell), report
            )
        return prefix

    async def clone(
        self, template: Path, target: Path, prefix: Path, report: Report
    ) -> None:
        """Make an environment at *target* that will be used at *prefix*.

        :raises Failed: it cannot be made; nothing is left at *target*.
        """
        make_directory(self._directory)
        conda = await self.conda()
        place = self._place(prefix)
        report(Progress(CLONING))
        words = await self._cloning(conda, template)
        try:
            await self._create(conda, place, words, "cloned")
            await self._move(place, target, prefix)
        except BaseException:
            with suppress(Failed):  # what broke the clone may be the disk
                await self._drop(place.name)
            raise

    async def works(self, prefix: Path) -> bool:
        """Whether the environment at *prefix* starts and can run a kernel.

        It runs what the project's people installed: for single-user mode only.
        """
        own = self.settings.default_environment
        kernel = not own and "ipykernel" in self.settings.default_packages
        return await starts(self.tool.reactor, prefix, kernel=kernel)

    async def problems(self) -> tuple[str, ...]:
        """Return what keeps environments from being made here, a sentence each."""
        found = list(await self.others.problems())
        try:
            conda = await self.conda()
            if self.settings.default_environment:
                self._own_default()
        except Failed as error:
            return (*found, error.message)
        if not conda.clones:
            found.append(
                f"This {conda.name} cannot clone environments: packages that pip"
                " installed into one are not in its clones."
            )
        return tuple(found)

    async def stop(self) -> None:
        """Give up what is being built."""
        await self._builds.stop()
        await self.others.stop()

    # ---- templates

    def _own_default(self) -> Path:
        prefix = Path(self.settings.default_environment)
        if not is_conda(prefix):
            raise Failed(
                f"“default_environment” is no conda environment: {prefix}. Ask the"
                " administrator to correct it."
            )
        return prefix

    def _name(self, conda: Conda) -> str:
        content = [_VERSION, conda.name, conda.version, self.settings.default_packages]
        digest = hashlib.sha256(json.dumps(content).encode()).hexdigest()
        return f"{DEFAULT}-conda-{digest[:16]}"

    def _marker(self, prefix: Path) -> Path:
        """Return what says that a template is complete; beside it, not inside."""
        return self._directory / f".complete-{prefix.name}"

    async def _build(self, conda: Conda, prefix: Path, tell: Report) -> None:
        tell(Progress(BUILDING))
        lock = self._directory / ".lock-conda"
        timeout = self.settings.build_timeout
        async with locked(self.tool.reactor, lock, timeout):
            marker = self._marker(prefix)
            if marker.exists():
                return  # another process was faster
            await self._drop(prefix.name)
            packages = ("python", *self.settings.default_packages)
            try:
                await self._create(conda, prefix, packages, "built")
            except BaseException:
                with suppress(Failed):  # the next build tries again
                    await self._drop(prefix.name)
                raise
            marker.touch(mode=0o644)

    # ---- clones

    def _place(self, prefix: Path) -> Path:
        """Return where a clone for *prefix* is made: as long a path, nothing there."""
        start = str(self._directory / ".")
        start = start if start.endswith(".") else f"{start}/."
        size = len(str(prefix)) - len(start)
        if size < _FEWEST:
            raise Failed(f"The path {prefix} is too short for a conda environment.")
        place = Path(start + self.new_token(size))
        _demand_absent(place)
        return place

    async def _cloning(self, conda: Conda, template: Path) -> tuple[str, ...]:
        copy = ("--copy",) if self.settings.clone_by is CloneBy.COPY else ()
        if conda.clones:
            return ("--offline", *copy, "--clone", str(template))
        return ("--offline", *copy, *await self.addresses(conda, template))

    async def addresses(self, conda: Conda, prefix: Path) -> tuple[str, ...]:
        """Return where each package of the environment at *prefix* came from.

        :raises Failed: conda does not tell.
        """
        said: list[str] = []
        words = (*conda.exports_by, "-p", str(prefix))
        ended = await self.tool.run(conda, words, said.append)
        if not ended.ok:
            raise not_made("cloned", ended)
        return addresses(said)

    async def _create(
        self, conda: Conda, place: Path, words: tuple[str, ...], done: str
    ) -> None:
        """Create what is absent: conda replaces what is there without a word."""
        _demand_absent(place)
        said = ("create", "-p", str(place), "-y", "-q", *words)
        ended = await self.tool.run(conda, said, lambda _: None)
        if not ended.ok or not is_conda(place):
            raise not_made(done, ended)

    async def _move(self, place: Path, target: Path, prefix: Path) -> None:
        paths = {"source": str(place), "target": str(target), "prefix": str(prefix)}
        argv = (*inside_program(), "move", json.dumps(paths))
        command = Command(argv, timeout=self.settings.step_timeout)
        ended = await run(self.tool.reactor, command, lambda _: None)
        if not ended.ok:
            raise Failed("The clone could not be moved to its place.", log=ended.lines)

    async def _drop(self, name: str) -> None:
        """Remove what a creation left that did not come to its end."""
        arguments = {"root": str(self._directory), "prefix": name}
        await self.steps.run("drop", arguments)


def _demand_absent(place: Path) -> None:
    if place.exists() or place.is_symlink():
        raise Failed(f"There is something at {place} already; try again.")


def addresses(lines: list[str]) -> tuple[str, ...]:
    """Return the addresses in what conda prints as an explicit environment."""
    return tuple(one for one in lines if "://" in one and not one.startswith("#"))


def not_made(done: str, ended: Ended) -> Failed:
    """Say that an environment could not be *done*, why, and what conda said last."""
    return Failed(
        f"The environment could not be {done}: {reason(ended)}.", log=ended.lines
    )
