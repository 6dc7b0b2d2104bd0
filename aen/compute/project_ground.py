"""Whose the files of projects are: the node's own, or people's real accounts.

The steps that differ by that, with the same meaning either way; what is staged and
cloned is the node's own work in both.
"""

from pathlib import Path
from typing import Any, Protocol

from attrs import frozen

from aen.compute.environments.provider import DEFAULT
from aen.compute.programs.steps import Steps
from aen.compute.programs.team import Team, people
from aen.model.names import ProjectPath

_ENTRIES = 500_000
_SECONDS = 10.0


@frozen
class Measured:
    """What a project occupies on the disk."""

    bytes: int
    files: int
    whole: bool
    """Whether everything was counted."""


class Ground(Protocol):
    """What is done to a project in its place."""

    @property
    def shared(self) -> bool:
        """Whether the team has rights of its own on the disk."""
        ...

    async def check(
        self, path: ProjectPath, environment: str, team: Team
    ) -> dict[str, bool]:
        """Keep the door as it must be; say whether both are there."""
        ...

    async def finish(self, path: ProjectPath, staging: str, team: Team) -> None:
        """Put a staged project in its place, with its rights."""
        ...

    async def place(
        self, path: ProjectPath, staging: str, environment: str, team: Team
    ) -> None:
        """Put a staged environment in its place; what was there goes away."""
        ...

    async def settle(
        self, path: ProjectPath, team: Team, before: Team | None, *, reset: bool
    ) -> None:
        """Set the rights of all files; only what has changed unless *reset*."""
        ...

    async def narrow(self, path: ProjectPath, team: Team) -> bool:
        """Let nobody in who is not of the team; say whether there is a project."""
        ...

    async def remove(self, path: ProjectPath, staging: str) -> None:
        """Take the project off the disk."""
        ...

    async def move(self, path: ProjectPath, before: ProjectPath, team: Team) -> bool:
        """Put the project that is at *before* in its place; say whether it is there."""
        ...

    async def relocate(
        self, path: ProjectPath, before: ProjectPath, root: str = ""
    ) -> None:
        """Let its environments name its place where they name *before*.

        :param root: the project root it was below; empty: this node's.
        """
        ...

    async def duplicate(self, path: ProjectPath, source: ProjectPath) -> None:
        """Copy what is in *source*, as far as the owner may read it."""
        ...

    async def measure(self, path: ProjectPath) -> Measured:
        """Say what the project occupies."""
        ...

    async def environments(self, path: ProjectPath) -> list[dict[str, Any]]:
        """List the project's environments."""
        ...


@frozen
class OwnGround:
    """Everything is the account's that runs the node; the team has no say."""

    root: Path
    steps: Steps
    shared: bool = False

    async def check(
        self, path: ProjectPath, environment: str, team: Team
    ) -> dict[str, bool]:
        """Keep the door as it must be; say whether both are there."""
        found: dict[str, bool] = await self._run("check", path, environment=environment)
        return found

    async def finish(self, path: ProjectPath, staging: str, team: Team) -> None:
        """Put a staged project in its place, with its modes."""
        await self._run("finish", path, staging=staging)

    async def place(
        self, path: ProjectPath, staging: str, environment: str, team: Team
    ) -> None:
        """Put a staged environment in its place."""
        await self._run("place", path, staging=staging, environment=environment)

    async def settle(
        self, path: ProjectPath, team: Team, before: Team | None, *, reset: bool
    ) -> None:
        """Set the modes of all files, if they are to be as at first."""
        if reset:
            await self._run("settle", path)

    async def narrow(self, path: ProjectPath, team: Team) -> bool:
        """Say whether there is a project; its door is for nobody else anyway."""
        return (await self.check(path, DEFAULT, team))["project"]

    async def remove(self, path: ProjectPath, staging: str) -> None:
        """Take the project off the disk."""
        await self._run("remove", path, staging=staging)

    async def move(self, path: ProjectPath, before: ProjectPath, team: Team) -> bool:
        """Put the project that is at *before* in its place; say whether it is there."""
        found = await self._run("move", path, **_old(before))
        return bool(found["project"])

    async def relocate(
        self, path: ProjectPath, before: ProjectPath, root: str = ""
    ) -> None:
        """Let its environments name its place where they name *before*."""
        await self._run("relocate", path, **_old(before), old_root=root)

    async def duplicate(self, path: ProjectPath, source: ProjectPath) -> None:
        """Copy what is in *source*, and give it the modes that it has at first."""
        await self._run("duplicate", path, **_old(source))
        await self._run("settle", path)

    async def measure(self, path: ProjectPath) -> Measured:
        """Say what the project occupies."""
        limits = {"entries": _ENTRIES, "seconds": _SECONDS}
        return Measured(**await self._run("measure", path, **limits))

    async def environments(self, path: ProjectPath) -> list[dict[str, Any]]:
        """List the project's environments."""
        found: list[dict[str, Any]] = await self._run("environments", path)
        return found

    async def _run(self, verb: str, path: ProjectPath, **more: Any) -> Any:
        place = {"root": str(self.root), "owner": path.owner, "name": path.name}
        return await self.steps.run(verb, place | more)


@frozen
class AccountGround:
    """Projects are their owners'; the helper does what needs privilege."""

    steps: Steps
    """Those of the helper."""
    shared: bool = True

    async def check(
        self, path: ProjectPath, environment: str, team: Team
    ) -> dict[str, bool]:
        """Keep the door as it must be; say whether both are there."""
        given = {"environment": environment, "team": people(team)}
        found: dict[str, bool] = await self._run("check", path, **given)
        return found

    async def finish(self, path: ProjectPath, staging: str, team: Team) -> None:
        """Give a staged project to its owner and put it in its place."""
        await self._run("adopt", path, staging=staging, team=people(team))

    async def place(
        self, path: ProjectPath, staging: str, environment: str, team: Team
    ) -> None:
        """Give a staged environment to its owner and put it in its place."""
        given = {"environment": environment, "team": people(team)}
        await self._run("place", path, staging=staging, **given)

    async def settle(
        self, path: ProjectPath, team: Team, before: Team | None, *, reset: bool
    ) -> None:
        """Set the rights of all files as the team is now."""
        known = None if before is None else people(before)
        given = {"team": people(team), "before": known, "reset": reset}
        await self._run("rights", path, **given)

    async def narrow(self, path: ProjectPath, team: Team) -> bool:
        """Let nobody in who is not of the team."""
        found = await self._run("door", path, team=people(team))
        return bool(found["project"])

    async def remove(self, path: ProjectPath, staging: str) -> None:
        """Take the project off the disk."""
        await self._run("remove", path)

    async def move(self, path: ProjectPath, before: ProjectPath, team: Team) -> bool:
        """Put the project in its place and give it to its owner, if it is there."""
        found = await self._run("move", path, **_old(before), team=people(team))
        return bool(found["project"])

    async def relocate(
        self, path: ProjectPath, before: ProjectPath, root: str = ""
    ) -> None:
        """Let its environments name its place where they name *before*."""
        await self._run("relocate", path, **_old(before), old_root=root)

    async def duplicate(self, path: ProjectPath, source: ProjectPath) -> None:
        """Copy what is in *source*, as far as the owner may read it."""
        await self._run("duplicate", path, **_old(source))

    async def measure(self, path: ProjectPath) -> Measured:
        """Say what the project occupies."""
        return Measured(**await self._run("measure", path))

    async def environments(self, path: ProjectPath) -> list[dict[str, Any]]:
        """List the project's environments, as its owner sees them."""
        found: list[dict[str, Any]] = await self._run("environments", path)
        return found

    async def _run(self, verb: str, path: ProjectPath, **more: Any) -> Any:
        return await self.steps.run(
            verb, {"owner": path.owner, "name": path.name, **more}
        )


def _old(before: ProjectPath) -> dict[str, str]:
    return {"old_owner": before.owner, "old_name": before.name}
