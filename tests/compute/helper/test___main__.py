"""The helper as a program."""

import json
import subprocess

import pytest

from aen.compute.programs.steps import by_root
from tests.compute.helper.helped import Helped

pytestmark = pytest.mark.root


def test_who_is_not_root_hears_one_sentence(helped: Helped) -> None:
    """Nor root through sudo: only root itself names settings."""
    argv = by_root(str(helped.settings)).argv
    said = subprocess.run(
        argv, env={"SUDO_UID": str(helped.people.service.uid)}, input=b"{}",
        capture_output=True, check=False,
    )  # fmt: skip
    assert b"not for you to run" in said.stdout


def test_nothing_is_said_on_the_command_line(helped: Helped) -> None:
    """What is to be done comes by the input alone."""
    argv = (*by_root(str(helped.settings)).argv, "--root=/")
    done = subprocess.run(argv, env={}, input=b"{}", capture_output=True, check=False)
    assert json.loads(done.stdout)["error"] == "This program takes no arguments."
    assert done.returncode == 1
