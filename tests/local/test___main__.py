"""The command line of ``python -m aen.local``."""

import subprocess
import sys
from pathlib import Path

import pytest

from aen.local import __main__ as program


def test_defaults() -> None:
    """The defaults are those of the public contract."""
    one = program.installation(program.parser().parse_args(["run"]))
    assert one.prefix == Path.cwd() / "var"
    assert (one.http, one.gateway, one.compute) == (8080, 8089, 5002)
    assert one.bind == "127.0.0.1"


def test_programs() -> None:
    """Twisted's program is the one next to the interpreter that runs us."""
    assert program.programs().twistd.name == "twistd"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--multiuser", "yes"), "MULTIUSER=yes is neither 1 nor 0"),
        (("--http", "0"), "HTTP=0 is not a port"),
    ],
)
def test_refused(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    """What cannot be is refused in a sentence, with status 1 and no traceback."""
    done = subprocess.run(
        (sys.executable, "-m", "aen.local", "run", "--prefix", "v", *arguments),
        cwd=Path(program.__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr
