"""What uv is told and where it is."""

import os
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from twisted.internet import reactor  # noqa: TID251 -- real children need it

from aen.compute.environments.settings import EnvironmentSettings
from aen.compute.environments.uvtool import (
    everybody_runs,
    find_uv,
    shared_uv,
    tool_environment,
)
from aen.model.errors import Failed

REACTOR: Any = reactor
ROOT = Path("/projects")


@pytest.mark.parametrize(
    ("environ", "setting", "cache"),
    [
        ({}, "", "/projects/.envs/.cache"),
        ({"HOME": "/proc/1/nothing"}, "", "/projects/.envs/.cache"),
        ({"HOME": "{tmp}"}, "", None),
        ({"XDG_CACHE_HOME": "{tmp}/new"}, "", None),
        ({"HOME": "{tmp}", "UV_CACHE_DIR": "/c"}, "", "/c"),
        ({"HOME": "{tmp}", "UV_CACHE_DIR": "/c"}, "/set", "/set"),
    ],
)
def test_the_cache_can_be_written(
    environ: dict[str, str], setting: str, cache: str | None, tmp_path: Path
) -> None:
    """As set, as uv was told, uv's own place, or below the project root."""
    given = {name: text.format(tmp=tmp_path) for name, text in environ.items()}
    found = tool_environment(EnvironmentSettings(cache=setting), given, ROOT)
    assert found.get("UV_CACHE_DIR") == cache


def test_uv_never_fetches_a_python() -> None:
    """The interpreter is the node's."""
    found = tool_environment(EnvironmentSettings(), {}, ROOT)
    assert found["UV_PYTHON_DOWNLOADS"] == "never"


def test_uv_came_with_us() -> None:
    """It is a dependency; the program is there."""
    assert os.access(find_uv(), os.X_OK)


def test_without_uv_the_operator_reads_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A sentence instead of a traceback."""

    def missing() -> str:
        raise FileNotFoundError

    monkeypatch.setattr("uv.find_uv_bin", missing)
    with pytest.raises(Failed, match="install the Python package “uv”"):
        find_uv()


@pytest.mark.system
@pytest_twisted.ensureDeferred
async def test_a_uv_for_everybody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it is where every account can run it, else copied once."""
    assert everybody_runs(Path("/bin/sh").resolve())
    monkeypatch.setattr("uv.find_uv_bin", lambda: "/bin/sh")
    assert await shared_uv(REACTOR, tmp_path) == str(Path("/bin/sh").resolve())
    closed = tmp_path / "home"
    closed.mkdir(mode=0o700)
    (closed / "uv").write_text("program")
    (closed / "uv").chmod(0o755)
    monkeypatch.setattr("uv.find_uv_bin", lambda: str(closed / "uv"))
    tools = tmp_path / "tools"
    copy = Path(await shared_uv(REACTOR, tools))
    assert copy.read_text() == "program"
    assert copy.stat().st_mode & 0o777 == 0o755
    assert await shared_uv(REACTOR, tools) == str(copy)
    assert list(tools.iterdir()) == [copy]
    (closed / "uv").write_text("another program")
    (tools / "x").touch()
    monkeypatch.setattr("os.defpath", "/none")
    with pytest.raises(Failed, match="cannot copy uv"):
        await shared_uv(REACTOR, tools)
