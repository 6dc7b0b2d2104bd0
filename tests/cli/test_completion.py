"""What Tab offers."""

import subprocess

import pytest

from aen.cli.completion import script
from aen.cli.options import parser
from tests.cli.fake import Fake


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("aen pro", {"projects"}),
        ("aen projects sh", {"show"}),
        ("aen start --no", {"--no-wait"}),
        ("aen env install ada/lab --e", {"--env"}),
        ("aen cp --r", {"--recursive"}),
    ],
)
def test_bash(typed: str, offered: set[str]) -> None:
    """A real bash completes as its user expects."""
    words = typed.split()
    asked = (
        f"{script(parser())}\nCOMP_WORDS=({' '.join(words)})\n"
        f"COMP_CWORD={len(words) - 1}\n_aen\necho ${{COMPREPLY[@]}}"
    )
    done = subprocess.run(
        ("bash", "-c", asked), capture_output=True, text=True, check=True
    )
    assert set(done.stdout.split()) == offered


def test_it_needs_no_login(fake: Fake) -> None:
    """It is printed before anybody has signed in."""
    nobody = {"AEN_URL": "", "AEN_TOKEN": "", "AEN_CONFIG": "/none"}
    status, out, _ = fake.run("completion", **nobody)
    assert (status, fake.asked) == (0, [])
    assert "complete -F _aen aen" in out
