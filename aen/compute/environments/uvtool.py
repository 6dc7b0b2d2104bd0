"""The program uv: where it is, what it is told, how it is run."""

import os
import stat
from collections.abc import Mapping
from pathlib import Path

import uv
from attrs import frozen

from aen.compute.environments.index import pip_texts, uv_environment
from aen.compute.environments.settings import EnvironmentSettings
from aen.compute.environments.uvoutput import reason, without_credentials
from aen.compute.programs.children import (
    Command,
    Ended,
    IReactorChildren,
    OnLine,
    run,
    with_umask,
)
from aen.model.errors import Failed

# what it writes must be readable by everybody
_UMASK = with_umask("022")


def tool_environment(
    settings: EnvironmentSettings, environ: Mapping[str, str], root: Path
) -> dict[str, str]:
    """Return the environment for uv, with a cache that can be written."""
    found = uv_environment(environ, pip_texts(environ))
    if settings.cache:
        found["UV_CACHE_DIR"] = settings.cache
    elif "UV_CACHE_DIR" not in found and not _has_cache(environ):
        found["UV_CACHE_DIR"] = str(root / ".envs" / ".cache")
    # a busy machine may take long over one file; the build as a whole has a limit
    patience = {"UV_COMPILE_BYTECODE_TIMEOUT": str(int(settings.build_timeout) + 1)}
    return found | patience | {"UV_PYTHON_DOWNLOADS": "never", "NO_COLOR": "1"}


def _has_cache(environ: Mapping[str, str]) -> bool:
    """Whether uv's own place for its cache can be written."""
    home = environ.get("HOME")
    place = environ.get("XDG_CACHE_HOME") or (home and f"{home}/.cache")
    if not place:
        return False
    path = Path(place)
    existing = next(one for one in (path, *path.parents) if one.exists())
    return existing.is_dir() and os.access(existing, os.W_OK | os.X_OK)


def find_uv() -> str:
    """Return the path of the uv program that came with AEN.

    :raises Failed: it is not installed.
    """
    try:
        return uv.find_uv_bin()
    except FileNotFoundError:
        raise Failed(
            "The program “uv”, which builds environments, is missing on the node;"
            " install the Python package “uv” beside AEN."
        ) from None


@frozen
class Uv:
    """Runs uv, whose paths are absolute."""

    reactor: IReactorChildren
    settings: EnvironmentSettings
    environment: Mapping[str, str]

    async def make(self, prefix: Path, python: str, hear: OnLine) -> None:
        """Make an empty environment at *prefix*.

        :raises Failed: with the reason and uv's last lines.
        """
        options = ("--relocatable", "--no-project", "--python", python)
        await self._run(("venv", *options, str(prefix)), hear)

    async def install(
        self, prefix: Path, packages: tuple[str, ...], hear: OnLine
    ) -> None:
        """Install *packages* into the environment at *prefix*, compiled.

        The files are copies: links to uv's cache would let whoever changes the cache
        change every project, and our write protection reach other programs.

        :raises Failed: with the reason and uv's last lines.
        """
        options = ("--compile-bytecode", "--link-mode", "copy")
        target = ("--python", str(prefix / "bin" / "python"))
        await self._run(("pip", "install", *options, *target, "--", *packages), hear)

    async def take_out(
        self, prefix: Path, packages: tuple[str, ...], hear: OnLine
    ) -> None:
        """Uninstall *packages*, but not what needs them; absent ones are no mistake.

        :raises Failed: with the reason and uv's last lines.
        """
        target = ("--python", str(prefix / "bin" / "python"))
        await self._run(("pip", "uninstall", *target, "--", *packages), hear)

    async def _run(self, arguments: tuple[str, ...], hear: OnLine) -> None:
        command = Command(
            (*_UMASK, find_uv(), *arguments),
            self.environment,
            # uv obeys a uv.toml in any directory above the one where it runs; above
            # the project root there may be one that everybody can write, like /tmp
            Path("/"),
            self.settings.build_timeout,
        )
        ended = await run(self.reactor, command, hear, self.settings.keep_lines)
        if not ended.ok:
            raise _not_built(ended)


def _not_built(ended: Ended) -> Failed:
    """Say why there is no template, with what the tool said last."""
    lines = tuple(without_credentials(line) for line in ended.lines)
    why = "it took too long" if ended.timed_out else reason(lines)
    return Failed(
        f"The environment template could not be built: {why or 'see the log'}."
        " When that is mended, use “Reset” to try again.",
        log=lines,
    )


def everybody_runs(program: Path) -> bool:
    """Whether every account of the machine may run *program*."""
    places = (program, *program.parents)
    return all(one.stat().st_mode & stat.S_IXOTH for one in places)


async def shared_uv(reactor: IReactorChildren, directory: Path) -> str:
    """Return a uv program that every account can run: the one that came with AEN.

    Where its directory is closed to others (a home, say) it is copied, once.

    :param directory: where the copy goes; readable by everybody.
    :raises Failed: it is missing, or cannot be copied.
    """
    program, copy = _places(directory)
    if copy is None:
        return str(program)
    words = 'cp -- "$1" "$2" && chmod 755 "$2" && mv -f -- "$2" "$3"'
    beside = f"{copy}.{os.getpid()}"
    argv = ("/bin/sh", "-c", words, "sh", str(program), beside, str(copy))
    ended = await run(reactor, Command(argv, {"PATH": os.defpath}), lambda _: None)
    if not ended.ok:
        raise Failed("The node cannot copy uv for its users.", log=ended.lines)
    return str(copy)


def _places(directory: Path) -> tuple[Path, Path | None]:
    """Return a uv that everybody runs; or ours, and where a copy has to be made."""
    program = Path(find_uv()).resolve()
    if everybody_runs(program):
        return program, None
    about = program.stat()
    copy = directory / f"uv-{about.st_size}-{about.st_mtime_ns}"
    if copy.exists():
        return copy, None
    try:
        directory.mkdir(parents=True, exist_ok=True)
        directory.chmod(0o755)
    except OSError as error:
        why = f"{error.strerror}: {directory}"
        raise Failed(f"The node cannot write to the project root: {why}.") from None
    return program, copy
