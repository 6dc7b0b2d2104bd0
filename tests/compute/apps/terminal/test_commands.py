"""Which shell runs, in which environment."""

import subprocess
from pathlib import Path

import pytest

from aen.compute.apps.terminal.commands import (
    Place,
    shell_command,
    shell_environment,
    utf8_locale,
)

PLACE = Place(Path("/projects/alice/climate"), Path("/envs/default"))


def test_environment_first() -> None:
    """The programs of the project's environment come first, once."""
    found = shell_environment(PLACE, {"PATH": "/usr/bin:/envs/default/bin::/bin"})
    assert found["PATH"] == "/envs/default/bin:/usr/bin:/bin"
    assert found["VIRTUAL_ENV"] == "/envs/default"


def test_no_environment() -> None:
    """Without an environment nothing is put in front."""
    found = shell_environment(Place(PLACE.project, None), {"PATH": "/usr/bin"})
    assert found["PATH"] == "/usr/bin"
    assert "VIRTUAL_ENV" not in found


@pytest.mark.parametrize(
    ("environment", "before", "after"),
    [
        ("/e", "/usr/bin", "/e/bin:/usr/bin"),
        ("/e", "/e/bin:/usr/bin", "/e/bin:/usr/bin"),
        ("", "/usr/bin", "/usr/bin"),
    ],
)
def test_files_mend_path(environment: str, before: str, after: str) -> None:
    """After the login files the environment is first again, and once."""
    file = shell_command("/bin/sh", PLACE, {}).environment["ENV"]
    run = subprocess.run(
        ["/bin/sh", "-c", f". {file}; echo $PATH"],
        env={"VIRTUAL_ENV": environment, "PATH": before},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == after


def test_terminal() -> None:
    """Programs learn what the terminal can do."""
    found = shell_environment(PLACE, {})
    assert found["TERM"] == "xterm-256color"
    assert found["COLORTERM"] == "truecolor"
    assert found["PATH"].startswith("/envs/default/bin:")


def test_nothing_of_the_app() -> None:
    """What belongs to the app itself is not handed to every program."""
    given = {"AEN_TOKEN": "secret", "PYTHONPATH": "/x", "LC_ALL": "C", "USER": "alice"}
    found = shell_environment(PLACE, given)
    assert not {"AEN_TOKEN", "PYTHONPATH", "LC_ALL"} & set(found)
    assert found["USER"] == "alice"


def test_home() -> None:
    """The home folder is the one that was given, else the app's."""
    at = Place(PLACE.project, PLACE.environment, Path("/home/alice"))
    assert shell_environment(at, {"HOME": "/root"})["HOME"] == "/home/alice"
    assert shell_environment(PLACE, {"HOME": "/root"})["HOME"] == "/root"


@pytest.mark.parametrize(
    ("language", "locale"),
    [
        ("", "C.UTF-8"),
        ("C", "C.UTF-8"),
        ("de_AT.UTF-8", "de_AT.UTF-8"),
        ("de_AT.utf8", "de_AT.utf8"),
        ("de_AT.ISO-8859-1", "C.UTF-8"),
    ],
)
def test_utf8(language: str, locale: str) -> None:
    """The locale is a UTF-8 one, the user's where it is."""
    assert utf8_locale(language) == locale


@pytest.mark.parametrize(
    ("shell", "begin"),
    [
        ("/bin/bash", ("bash", "--rcfile")),
        ("/usr/bin/fish", ("fish", "--login")),
        ("/bin/zsh", ("-zsh",)),
        ("/bin/sh", ("-sh",)),
    ],
)
def test_shell(shell: str, begin: tuple[str, ...]) -> None:
    """Each shell is started in its own way as the user's login shell."""
    command = shell_command(shell, PLACE, {"SHELL": "/bin/other"})
    assert command.executable == shell
    assert command.argv[: len(begin)] == begin
    assert command.environment["SHELL"] == shell
    assert command.folder == PLACE.project


def test_files_are_there() -> None:
    """The files we make shells read are part of the package."""
    bash = shell_command("/bin/bash", PLACE, {})
    plain = shell_command("/bin/sh", PLACE, {})
    assert Path(bash.argv[2]).is_file()
    assert Path(plain.environment["ENV"]).is_file()
