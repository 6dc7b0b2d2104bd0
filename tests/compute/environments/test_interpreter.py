"""Which Python the environments have."""

import sys
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from twisted.internet import reactor  # noqa: TID251 -- real children need it

from aen.compute.environments.interpreter import (
    candidates,
    find_interpreter,
    starts,
)
from aen.model.errors import Failed

REACTOR: Any = reactor


def test_a_wish_is_the_only_candidate() -> None:
    """Set is set; otherwise the system's comes first."""
    assert candidates("/opt/python") == ["/opt/python"]
    assert candidates("")[0] == "/usr/bin/python3"


@pytest.mark.system
@pytest_twisted.ensureDeferred
async def test_one_that_works_is_found() -> None:
    """With its version."""
    found = await find_interpreter(REACTOR, sys.executable)
    assert found.path == sys.executable
    assert found.version == ".".join(map(str, sys.version_info[:3]))


@pytest.mark.system
@pytest.mark.parametrize(
    ("says", "words"),
    [("exit 1", "does not work"), ("echo 3.9.1", "is Python 3.9.1, too old")],
)
@pytest_twisted.ensureDeferred
async def test_what_is_wrong_is_said(says: str, words: str, tmp_path: Path) -> None:
    """A Python that is broken or too old is named with the reason."""
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\n{says}\n")
    python.chmod(0o755)
    with pytest.raises(Failed, match=words):
        await find_interpreter(REACTOR, str(python))


@pytest_twisted.ensureDeferred
async def test_one_that_is_not_there(tmp_path: Path) -> None:
    """No process is started for it."""
    with pytest.raises(Failed, match=r"does not work.*Set “python”"):
        await find_interpreter(REACTOR, str(tmp_path / "gone"))


@pytest.mark.system
@pytest_twisted.ensureDeferred
async def test_whether_an_environment_starts(tmp_path: Path) -> None:
    """With a kernel, if that is asked for."""
    assert not await starts(REACTOR, tmp_path, kernel=False)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to("/usr/bin/python3")
    assert await starts(REACTOR, tmp_path, kernel=False)
    (tmp_path / "bin" / "python").unlink()
    (tmp_path / "bin" / "python").symlink_to("/bin/false")
    assert not await starts(REACTOR, tmp_path, kernel=True)
