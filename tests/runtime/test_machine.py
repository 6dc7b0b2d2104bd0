"""Processes on one machine know that they are."""

import subprocess
import sys

from aen.runtime.machine import machine


def test_another_process_says_the_same() -> None:
    """The text is the same in every process that sees the same files."""
    code = "from aen.runtime.machine import machine; print(machine())"
    other = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert other.stdout.strip() == machine()
    assert "/" in machine()
