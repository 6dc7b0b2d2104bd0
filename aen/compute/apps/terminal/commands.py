"""Which shell to run, and in which environment: decisions without I/O."""

from collections.abc import Mapping
from pathlib import Path

from attrs import frozen

_SHELLS = Path(__file__).parent / "shells"
_DROPPED_PREFIXES = ("PYTHON", "LC_")
_DROPPED = frozenset(
    # The platform's own: its token is the app's, not for every program started.
    ("AEN_TOKEN", "LD_LIBRARY_PATH", "LD_PRELOAD", "VIRTUAL_ENV", "CONDA_PREFIX")
)
_FISH = 'test -n "$VIRTUAL_ENV"; and set -gx PATH "$VIRTUAL_ENV/bin" $PATH'
_UTF8 = ("utf-8", "utf8")


@frozen
class Command:
    """A program to start on a terminal."""

    executable: str
    argv: tuple[str, ...]
    environment: dict[str, str]
    folder: Path


@frozen
class Place:
    """Where the terminals of one app are."""

    project: Path
    environment: Path | None
    """Prefix of the environment whose programs come first, if there is one."""
    home: Path | None = None


def shell_command(
    executable: str, place: Place, inherited: Mapping[str, str]
) -> Command:
    """Return how to run the shell *executable* in *place*.

    *inherited* is the app's own environment.

    A login shell reads files that on many systems set PATH anew. Where the shell
    lets us, the project's environment is put in front again after they were read.
    """
    name = Path(executable).name
    environment = shell_environment(place, inherited) | {"SHELL": executable}
    argv: tuple[str, ...]
    match name:
        case "bash":
            argv = (name, "--rcfile", str(_SHELLS / "bashrc"), "-i")
        case "fish":
            argv = (name, "--login", "--init-command", _FISH)
        case "sh" | "dash" | "ksh":
            argv = (f"-{name}",)
            environment["ENV"] = str(_SHELLS / "shrc")
        case _:
            argv = (f"-{name}",)
    return Command(executable, argv, environment, place.project)


def shell_environment(place: Place, inherited: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a shell in *place*."""
    kept = {
        name: value
        for name, value in inherited.items()
        if name not in _DROPPED and not name.startswith(_DROPPED_PREFIXES)
    }
    path = kept.get("PATH") or "/usr/local/bin:/usr/bin:/bin"
    home = {"HOME": str(place.home)} if place.home else {}
    return (
        kept
        | home
        | {
            "COLORTERM": "truecolor",
            "LANG": utf8_locale(kept.get("LANG", "")),
            "TERM": "xterm-256color",
            **_programs(place.environment, path),
        }
    )


def _programs(environment: Path | None, path: str) -> dict[str, str]:
    """Return the variables by which a shell finds programs."""
    if environment is None:
        return {"PATH": path}
    first = str(environment / "bin")
    rest = [folder for folder in path.split(":") if folder and folder != first]
    return {"PATH": ":".join((first, *rest)), "VIRTUAL_ENV": str(environment)}


def utf8_locale(language: str) -> str:
    """Return *language* when it is a UTF-8 locale, else one that every system has."""
    return language if language.lower().endswith(_UTF8) else "C.UTF-8"
