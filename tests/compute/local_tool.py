"""Tools for tests: steps inside a project in this process, packages that are files."""

import json
from collections.abc import Mapping
from pathlib import Path

from twisted.internet.defer import Deferred

from aen.compute.environments import inside
from aen.compute.environments.copying import Refused
from aen.compute.environments.provider import FoundOne, Listed
from aen.compute.environments.requirements import check_requirements
from aen.compute.environments.tool import Hands, inside_program
from aen.compute.programs.children import Ended, OnLine
from aen.model.errors import Failed
from aen.model.names import ProjectPath, UserName

_STEP = len(inside_program())


class LocalTool:
    """Does steps of `inside` here and now; other programs it only notes.

    `statuses` are what the programs end with, one after the other; then all succeed.
    """

    def __init__(self) -> None:
        self.steps: list[str] = []
        self.programs: list[tuple[str, ...]] = []
        self.users: list[str] = []
        self.environments: list[Mapping[str, str]] = []
        self.statuses: list[int | None] = []
        self.says: tuple[str, ...] = ("at work",)

    async def run(
        self,
        user: UserName,
        path: ProjectPath,
        argv: tuple[str, ...],
        environment: Mapping[str, str],
        hear: OnLine,
    ) -> Ended:
        """Do a step, or note a program."""
        self.users.append(user)
        if argv[:_STEP] == inside_program():
            return self._step(argv[_STEP], argv[_STEP + 1], hear)
        self.programs.append(argv)
        self.environments.append(environment)
        for line in self.says:
            hear(line)
        status = self.statuses.pop(0) if self.statuses else 0
        return Ended(status, self.says)

    def _step(self, verb: str, arguments: str, hear: OnLine) -> Ended:
        self.steps.append(verb)
        try:
            answer = {"result": inside.VERBS[verb](**json.loads(arguments))}
        except Refused as error:
            answer = {"error": str(error), "kind": "refused"}
        except OSError as error:
            answer = {"error": str(error), "kind": "disk"}
        hear(json.dumps(answer))
        return Ended(0 if "result" in answer else 1, ())


class FilePackages:
    """Packages that are files in an environment; can fail, or wait half-way."""

    def __init__(self) -> None:
        self.refusal: Failed | None = None
        self.waiting: Deferred[None] | None = None
        self.done: list[tuple[str, tuple[str, ...]]] = []

    def check(self, packages: tuple[str, ...], home: Path) -> tuple[str, ...]:
        """Check them as pip's."""
        return check_requirements(packages, home)

    async def create(self, hands: Hands, prefix: Path, file: str) -> None:
        """Make an environment of the file alone."""
        (prefix / "bin").mkdir(parents=True)
        (prefix / "bin" / "python").symlink_to("/bin/sh")
        (prefix / "pyvenv.cfg").write_text("version_info = 3.11.2\n")
        await self._change("create", hands, prefix, tuple(file.split()))

    async def clone(self, hands: Hands, source: str, name: str, prefix: Path) -> None:
        """Copy it."""
        await hands.step("copy", source=source, name=name, staged=prefix.name)
        await self._change("clone", hands, prefix, ())

    async def install(
        self, hands: Hands, prefix: Path, packages: tuple[str, ...]
    ) -> None:
        """Write a file for each."""
        await self._change("install", hands, prefix, packages)

    async def remove(
        self, hands: Hands, prefix: Path, packages: tuple[str, ...]
    ) -> None:
        """Note them."""
        await self._change("remove", hands, prefix, packages)

    async def update(
        self, hands: Hands, prefix: Path, packages: tuple[str, ...]
    ) -> None:
        """Note them."""
        await self._change("update", hands, prefix, packages)

    async def search(self, text: str) -> tuple[FoundOne, ...]:
        """Find one package."""
        return (FoundOne(f"{text}-found", ("2.0", "1.0")),)

    def export(self, listed: Listed) -> tuple[str, str]:
        """Write the names down."""
        return "requirements.txt", " ".join(name for name, _ in listed.packages)

    async def _change(
        self, verb: str, hands: Hands, prefix: Path, packages: tuple[str, ...]
    ) -> None:
        self.done.append((verb, packages))
        hands.hear(f"{verb} {' '.join(packages)}")
        for one in packages:
            (prefix / f"has-{one}").write_text(str(prefix))
        if self.waiting is not None:
            await self.waiting
        if self.refusal is not None:
            raise self.refusal
