"""Packages of conda environments: conda, run as whoever asks."""

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from attrs import frozen

from aen.compute.environments.conda import CondaEnvironments, addresses
from aen.compute.environments.condatool import conda_environment, reason
from aen.compute.environments.provider import FoundOne, Listed
from aen.compute.environments.requirements import check_names, check_specs, read_file
from aen.compute.environments.search import newest_first
from aen.compute.environments.tool import Hands
from aen.compute.programs.children import Ended
from aen.model.errors import Failed, Invalid

_ALWAYS = ("ipykernel", "pip")
_MOST_NAMES = 50
_LONGEST = 32 * 1024 * 1024  # characters of what a search answers


@frozen
class CondaPackages:
    """What people do with the packages of conda environments."""

    environments: CondaEnvironments

    def check(self, packages: tuple[str, ...], home: Path) -> tuple[str, ...]:
        """Return *packages* as conda takes them.

        :raises Invalid: one is not a name with perhaps a version.
        """
        return check_specs(packages)

    async def create(self, hands: Hands, prefix: Path, file: str) -> None:
        """Make an environment of what *file* asks for, and what notebooks need.

        What a requirements file, or the part of an ``environment.yml`` that is pip's,
        asks for is installed by pip.

        :raises Invalid: the file cannot be read; says which line.
        :raises Failed: it cannot be made; with the reason and conda's last lines.
        """
        content = read_file(file, hands.home)
        names = {one.partition("=")[0] for one in content.specs}
        missing = sorted(set(_ALWAYS) - names)
        channels = [word for one in content.channels for word in ("-c", one)]
        specs = (f"python{content.python}", *content.specs, *missing)
        await self._conda(
            hands,
            "The environment could not be made",
            "create",
            "-p",
            str(prefix),
            "-y",
            "-q",
            *channels,
            *specs,
        )
        if content.requirements:
            python = str(prefix / "bin" / "python")
            pip = ("-I", "-m", "pip", "--no-input", "--disable-pip-version-check")
            words = (python, *pip, "install", "--", *content.requirements)
            ended = await hands.run(words)
            if not ended.ok:
                raise _not_done("The environment could not be made", ended)

    async def clone(self, hands: Hands, source: str, name: str, prefix: Path) -> None:
        """Make at *prefix* a copy of environment *source*, to be used as *name*.

        :raises Failed: it cannot be made.
        """
        conda = await self.environments.conda()
        place = hands.home / "envs" / source
        words: tuple[str, ...] = ("--clone", str(place))
        if not conda.clones:
            said: list[str] = []
            await self._conda(
                hands.hearing(said.append),
                "The environment could not be read",
                *conda.exports_by,
                "-p",
                str(place),
            )
            words = addresses(said)
        await self._conda(
            hands,
            "The environment could not be cloned",
            "create",
            "-p",
            str(prefix),
            "-y",
            "-q",
            "--offline",
            *words,
        )

    async def install(
        self, hands: Hands, prefix: Path, packages: tuple[str, ...]
    ) -> None:
        """Install *packages*, which were checked.

        :raises Failed: with the reason and conda's last lines.
        """
        await self._change(
            hands, "The packages could not be installed", "install", prefix, packages
        )

    async def remove(
        self, hands: Hands, prefix: Path, packages: tuple[str, ...]
    ) -> None:
        """Remove *packages*, given by name, and what needs them.

        :raises Invalid: one is not a name.
        :raises Failed: with the reason and conda's last lines.
        """
        await self._change(
            hands,
            "The packages could not be removed",
            "remove",
            prefix,
            check_names(packages),
        )

    async def update(
        self, hands: Hands, prefix: Path, packages: tuple[str, ...]
    ) -> None:
        """Bring *packages* to the newest versions that fit together.

        :raises Failed: with the reason and conda's last lines.
        """
        await self._change(
            hands, "The packages could not be updated", "update", prefix, packages
        )

    async def search(self, text: str) -> tuple[FoundOne, ...]:
        """Return packages whose names begin with *text*, with their versions.

        :raises Invalid: *text* cannot be the beginning of a name.
        :raises Failed: the channels cannot be asked; says why.
        """
        (name,) = _beginning(text)
        conda = await self.environments.conda()
        said: list[str] = []
        words = ("search", "--json", f"{name}*")
        ended = await self.environments.tool.run(conda, words, bounded(said))
        found = read_found(said)
        if found is None:
            raise Failed(f"The channels could not be searched: {reason(ended)}.")
        ordered = sorted(found, key=lambda one: (one != name, one))[:_MOST_NAMES]
        return tuple(FoundOne(one, newest_first(found[one])) for one in ordered)

    def export(self, listed: Listed) -> tuple[str, str]:
        """Return an environment as an ``environment.yml``: its name and text."""
        by_pip = set(listed.by_pip)
        lines = [f"name: {listed.name}", "dependencies:"]
        lines += [f"- {n}={v}" for n, v in sorted(set(listed.packages) - by_pip)]
        if by_pip:
            lines += ["- pip:", *(f"  - {n}=={v}" for n, v in sorted(by_pip))]
        return "environment.yml", "\n".join((*lines, ""))

    async def _change(
        self,
        hands: Hands,
        what: str,
        verb: str,
        prefix: Path,
        packages: tuple[str, ...],
    ) -> None:
        await self._conda(hands, what, verb, "-p", str(prefix), "-y", "-q", *packages)

    async def _conda(self, hands: Hands, what: str, *words: str) -> None:
        tool = self.environments.tool
        conda = await self.environments.conda()
        # the administrator's settings for conda, and none of the home directory's place
        more = {**conda_environment(tool.environ), "CONDARC": str(tool.condarc)}
        ended = await hands.run((conda.path, *words), more)
        if not ended.ok:
            raise _not_done(what, ended)


def _not_done(what: str, ended: Ended) -> Failed:
    return Failed(
        f"{what}: {reason(ended)}. Nothing has been changed.", log=ended.lines
    )


def _beginning(text: str) -> tuple[str, ...]:
    try:
        return check_names((text.strip().rstrip("-_.").lower(),))
    except Invalid:
        message = "Write the beginning of a package's name."
        raise Invalid(message, fields={"q": message}) from None


def bounded(said: list[str]) -> Callable[[str], None]:
    """Return what keeps lines in *said* until they are too many."""
    room = _LONGEST

    def hear(line: str) -> None:
        nonlocal room
        room -= len(line)
        if room > 0:
            said.append(line)

    return hear


def read_found(lines: list[str]) -> dict[str, list[str]] | None:
    """Return names and versions from what a search printed; None: no answer.

    conda has an object of lists by name, mamba and micromamba one list of packages.
    """
    begin = next((n for n, one in enumerate(lines) if one.startswith("{")), len(lines))
    try:
        answer: Mapping[str, Any] = json.loads("\n".join(lines[begin:]))
    except ValueError:
        return None
    if "exception_name" in answer or "error" in answer:
        known = "NotFound" in str(answer.get("exception_name", ""))
        return {} if known else None
    found: dict[str, list[str]] = {}
    for one in _packages(answer):
        found.setdefault(str(one["name"]), []).append(str(one["version"]))
    return found


def _packages(answer: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    if "result" in answer:
        return list(answer["result"].get("pkgs", ()))
    return [one for many in answer.values() if isinstance(many, list) for one in many]
