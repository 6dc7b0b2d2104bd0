"""Decisions do no I/O: importing them imports nothing that could."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

PURE = (
    *(
        f"aen.model.{path.stem}"
        for path in sorted((ROOT / "aen/model").glob("*.py"))
        if path.stem != "__init__"
    ),
    *("aen.proxy.parsing", "aen.proxy.request", "aen.proxy.response"),
    *("aen.proxy.answers", "aen.proxy.frames", "aen.gateway.access"),
)
IMPURE = "{'twisted', 'zope', 'klein', 'treq', 'txmongo', 'autobahn', 'socket'}"


@pytest.mark.parametrize("module", PURE)
def test_pure(module: str) -> None:
    """The import contract reads the source; this looks at what is really loaded."""
    program = f"import sys, {module}; print(sorted({IMPURE} & set(sys.modules)))"
    done = subprocess.run(
        (sys.executable, "-c", program),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
