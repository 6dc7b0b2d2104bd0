"""The command line of the Terminal app."""

from pathlib import Path

import pytest

from aen.compute.apps.terminal.__main__ import login_shell, parse_options

NEEDED = "--socket /run/s --prefix /alice/climate/terminal --project /p".split()


def test_options() -> None:
    """The options say where everything is."""
    options = parse_options([*NEEDED, "--environment", "/e", "--home", "/h"])
    assert options.socket == Path("/run/s")
    assert options.prefix == "/alice/climate/terminal"
    assert options.title == "alice/climate"
    assert options.place.project == Path("/p")
    assert options.place.environment == Path("/e")
    assert options.place.home == Path("/h")


@pytest.mark.parametrize("more", [[], ["--environment", ""]])
def test_no_environment(more: list[str]) -> None:
    """A project without an environment has none, not the current folder."""
    assert parse_options([*NEEDED, *more]).place.environment is None


def test_title() -> None:
    """A title that was given is taken."""
    assert parse_options([*NEEDED, "--title", "Mine"]).title == "Mine"


def test_missing(capsys: pytest.CaptureFixture[str]) -> None:
    """What is missing is named."""
    with pytest.raises(SystemExit):
        parse_options(["--prefix", "/a/b/terminal"])
    assert "--socket" in capsys.readouterr().err


def test_shell() -> None:
    """The user's shell is taken when it can be run and lets people in."""
    assert login_shell({"SHELL": "/bin/sh"}) == "/bin/sh"
    assert login_shell({"SHELL": "/no/such/shell"}) != "/no/such/shell"
    assert login_shell({"SHELL": "/usr/sbin/nologin"}) != "/usr/sbin/nologin"
