"""Packages of the built-in environments: uv, run as whoever asks."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from attrs import frozen

from aen.compute.environments.interpreter import Interpreter
from aen.compute.environments.provider import FoundOne, Listed
from aen.compute.environments.requirements import (
    FileContent,
    as_requirement,
    check_names,
    check_requirements,
    names_of,
    read_file,
)
from aen.compute.environments.tool import Hands
from aen.compute.environments.uvoutput import reason, without_credentials
from aen.compute.programs.children import Ended
from aen.model.errors import Failed, Invalid

# What makes an environment one to work in: notebooks, and pip in the terminal.
_ALWAYS = ("ipykernel", "pip")
_OURS: Mapping[str, str] = {
    "UV_PYTHON_DOWNLOADS": "never",
    # a uv.toml of whoever owns a directory above has no say; the node's settings have
    "UV_NO_CONFIG": "1",
    "NO_COLOR": "1",
}

Search = Callable[[str], Awaitable[tuple[FoundOne, ...]]]


@frozen
class UvPackages:
    """What people do with the packages of the built-in environments."""

    uv: Callable[[], Awaitable[str]]
    """Returns a uv program that every user can run."""
    interpreter: Callable[[], Awaitable[Interpreter]]
    find: Search

    def check(self, packages: tuple[str, ...], home: Path) -> tuple[str, ...]:
        """Return *packages* as uv takes them.

        :raises Invalid: one is no requirement, or names a file outside the project.
        """
        return check_requirements(packages, home)

    async def create(self, hands: Hands, prefix: Path, file: str) -> None:
        """Make an environment of what *file* asks for, and what notebooks need.

        :raises Invalid: the file cannot be read; says which line.
        :raises Failed: it cannot be made; with the reason and uv's last lines.
        """
        content = read_file(file, hands.home)
        python = await self.interpreter()
        demand_python(content, python)
        wanted = _requirements(content)
        missing = set(_ALWAYS) - names_of(wanted)
        options = ("--relocatable", "--no-project", "--python", python.path)
        await self._uv(
            hands, "The environment could not be made", "venv", *options, str(prefix)
        )
        await self.install(hands, prefix, (*wanted, *sorted(missing)))

    async def clone(self, hands: Hands, source: str, name: str, prefix: Path) -> None:
        """Make at *prefix* a copy of environment *source*, to be used as *name*.

        :raises Failed: it cannot be made.
        """
        await hands.step("copy", source=source, name=name, staged=prefix.name)

    async def install(
        self, hands: Hands, prefix: Path, packages: tuple[str, ...]
    ) -> None:
        """Install *packages*, which were checked.

        The files are copies, compiled: links to the user's cache would let whoever
        changes one of them change the other.

        :raises Failed: with the reason and uv's last lines.
        """
        await self._install(hands, prefix, packages)

    async def remove(
        self, hands: Hands, prefix: Path, packages: tuple[str, ...]
    ) -> None:
        """Remove *packages*, given by name; what needs them stays.

        :raises Invalid: one is not a name.
        :raises Failed: with the reason and uv's last lines.
        """
        names = check_names(packages)
        target = ("--python", str(prefix / "bin" / "python"))
        await self._uv(
            hands,
            "The packages could not be removed",
            "pip",
            "uninstall",
            *target,
            "--",
            *names,
        )

    async def update(
        self, hands: Hands, prefix: Path, packages: tuple[str, ...]
    ) -> None:
        """Bring *packages* to the newest versions that fit together.

        :raises Failed: with the reason and uv's last lines.
        """
        await self._install(hands, prefix, packages, "--upgrade")

    async def search(self, text: str) -> tuple[FoundOne, ...]:
        """Return packages whose names begin with *text*; the versions of that one.

        :raises Failed: no index can be searched; says why.
        """
        return await self.find(text)

    def export(self, listed: Listed) -> tuple[str, str]:
        """Return an environment as a requirements file: its name and text."""
        lines = sorted(f"{name}=={version}\n" for name, version in listed.packages)
        return "requirements.txt", "".join(lines)

    async def _install(
        self, hands: Hands, prefix: Path, packages: tuple[str, ...], *more: str
    ) -> None:
        options = ("--compile-bytecode", "--link-mode", "copy", *more)
        target = ("--python", str(prefix / "bin" / "python"))
        await self._uv(
            hands,
            "The packages could not be installed",
            "pip",
            "install",
            *options,
            *target,
            "--",
            *packages,
        )

    async def _uv(self, hands: Hands, what: str, *arguments: str) -> None:
        argv = (await self.uv(), *arguments)
        ended = await hands.hearing(_cleaned(hands)).run(argv, _OURS)
        if not ended.ok:
            raise not_done(what, ended)


def _cleaned(hands: Hands) -> Callable[[str], None]:
    """Return what hears uv's lines without the passwords of indexes."""
    return lambda line: hands.hear(without_credentials(line))


def not_done(what: str, ended: Ended) -> Failed:
    """Say *what* could not be done, why, and what uv said last."""
    lines = tuple(without_credentials(line) for line in ended.lines)
    why = "it took too long" if ended.timed_out else reason(lines)
    return Failed(
        f"{what}: {why or 'see what the tool said'}. Nothing has been changed.",
        log=lines,
    )


def demand_python(content: FileContent, python: Interpreter) -> None:
    """Raise `Invalid` if a file asks for another Python than environments have."""
    wished = content.python.lstrip("=").split("=")[0].rstrip("*.")
    if not wished[:1].isdigit():
        return  # nothing, or a range: the tool finds out
    ours = python.version.split(".")
    if wished.split(".")[:2] != ours[: len(wished.split(".")[:2])]:
        message = (
            f"The file asks for Python {wished}, the environments of this node have"
            f" Python {python.version}. Change the line, then try again."
        )
        raise Invalid(message, fields={"file": message})


def _requirements(content: FileContent) -> tuple[str, ...]:
    """Return all that a file asks for, as pip writes it."""
    specs = (as_requirement(one) for one in content.specs)
    return (*specs, *content.requirements)
