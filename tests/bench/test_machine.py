"""The machine is described in words that mean something elsewhere."""

import platform
import sys

from bench.machine import machine, processor, said


def test_processor() -> None:
    """Its name is that of the first core; without one the architecture."""
    text = "processor\t: 0\nmodel name\t: Fast CPU @ 3 GHz\n\nmodel name\t: Other\n"
    assert processor(text) == "Fast CPU @ 3 GHz"
    assert processor("") == platform.machine()


def test_versions() -> None:
    """A version is picked from what a program says; silence is not an error."""
    program = (sys.executable, "-c", "print('tool version: tool/1.22.1 (x)')")
    assert said(program) == "1.22.1"
    assert said(("/there/is/no/such",)) == "unknown"


def test_machine() -> None:
    """It tells how busy it was: a figure of a busy machine proves little."""
    found = machine()
    assert int(found["cores"]) >= 1
    load = next(text for name, text in found.items() if name.startswith("load"))
    assert len([float(one) for one in load.split(", ")]) == 3
