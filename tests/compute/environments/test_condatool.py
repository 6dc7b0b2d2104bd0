"""The conda programs: found, told, timed."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from twisted.internet import reactor  # noqa: TID251 -- real children need it

from aen.compute.environments.condatool import (
    Conda,
    CondaTool,
    candidates,
    conda_environment,
    reason,
)
from aen.compute.programs.children import Ended
from aen.model.errors import Failed
from tests.compute.small_programs import running
from tests.waiting import eventually

REACTOR: Any = reactor


def program(path: Path, version: str, help_text: str = "") -> str:
    """Write a program that knows two questions."""
    path.write_text(
        "#!/bin/sh\n"
        f'[ "$1" = --version ] && echo "{version}"\n'
        f'[ "$2" = --help ] && echo "{help_text}"\n'
        "exit 0\n"
    )
    path.chmod(0o755)
    return str(path)


def tool(tmp_path: Path, environ: Mapping[str, str], wished: str = "") -> CondaTool:
    """Return a tool of a node."""
    return CondaTool(REACTOR, wished, environ, tmp_path / "place", 30.0)


def test_where_it_is_looked_for(tmp_path: Path) -> None:
    """As set, else as the environment says, else on the path: conda before others."""
    program(tmp_path / "micromamba", "2.0.5")
    program(tmp_path / "mamba", "2.0.5")
    environ = {"CONDA_EXE": "/c/conda", "MAMBA_EXE": "/m", "PATH": str(tmp_path)}
    assert list(candidates("/set", environ)) == ["/set"]
    assert list(candidates("", environ)) == [
        "/c/conda",
        "/m",
        str(tmp_path / "mamba"),
        str(tmp_path / "micromamba"),
    ]


@pytest.mark.system
@pytest.mark.parametrize(
    ("name", "said", "version", "exports"),
    [
        ("conda", "conda 24.9.2", (24, 9), ("list", "--explicit")),
        ("mamba", "mamba 1.5.8\nconda 23.1.0", (1, 5), ("list", "--explicit")),
        ("mamba", "2.0.5", (2, 0), ("env", "export", "--explicit")),
        ("micromamba", "1.5.8", (1, 5), ("env", "export", "--explicit")),
    ],
)
@pytest_twisted.ensureDeferred
async def test_what_is_found(
    name: str,
    said: str,
    version: tuple[int, int],
    exports: tuple[str, ...],
    tmp_path: Path,
) -> None:
    """The version, whether it clones, how it tells addresses of packages."""
    path = program(tmp_path / name, said, "create [--clone ENV]")
    found = await tool(tmp_path, {"CONDA_EXE": path}).find()
    assert found == Conda(path, version, clones=True)
    assert (found.name, found.exports_by) == (name, exports)
    path = program(tmp_path / name, said, "create [-f FILE]")
    assert not (await tool(tmp_path, {}, path).find()).clones


@pytest.mark.system
@pytest_twisted.ensureDeferred
async def test_what_does_not_work_is_passed_over(tmp_path: Path) -> None:
    """A path that is none, a program that fails or says no version."""
    (tmp_path / "mute").mkdir()
    mute = program(tmp_path / "mute" / "conda", "hello")
    good = program(tmp_path / "mamba", "mamba 2.1.0")
    environ = {"CONDA_EXE": "relative/conda", "MAMBA_EXE": mute, "PATH": str(tmp_path)}
    assert (await tool(tmp_path, environ).find()).path == good
    with pytest.raises(Failed, match=r"/none/conda does not work\. Install one"):
        await tool(tmp_path, environ, "/none/conda").find()
    with pytest.raises(Failed, match="there is no conda, mamba or micromamba"):
        await tool(tmp_path, {"PATH": "/none"}).find()


def test_the_configuration(tmp_path: Path) -> None:
    """Named so that conda does not pass it over; everybody reads it."""
    made = tool(tmp_path, {"HOME": str(tmp_path)})
    made.prepare()
    made.prepare()
    assert made.condarc.suffix == ".yml"
    assert made.condarc.stat().st_mode & 0o777 == 0o644
    assert json.loads(made.condarc.read_text())["always_yes"] is True
    assert made.environment["CONDARC"] == str(made.condarc)
    assert made.environment["HOME"] == str(tmp_path)
    homeless = tool(tmp_path, {"HOME": "/proc/1/nothing"})
    assert homeless.environment["HOME"] == str(tmp_path / "place")
    (tmp_path / "file").touch()
    broken = CondaTool(REACTOR, "", {}, tmp_path / "file" / "x", 1.0)
    with pytest.raises(Failed, match="cannot write to the project root"):
        broken.prepare()


def test_what_of_the_environment_it_gets() -> None:
    """Channels and proxies; no other environment to work on, no secrets."""
    found = conda_environment(
        {
            "CONDA_CHANNELS": "c",
            "CONDA_PREFIX": "/active",
            "CONDA_ENVS_DIRS": "/e",
            "https_proxy": "p",
            "AWS_SECRET": "s",
            "PATH": "/bin",
        }
    )
    assert found == {
        "CONDA_CHANNELS": "c",
        "https_proxy": "p",
        "PATH": "/bin",
        "CONDA_REGISTER_ENVS": "false",
    }


@pytest.mark.system
@pytest_twisted.ensureDeferred
async def test_it_has_its_time_and_no_questions(tmp_path: Path) -> None:
    """What it asks is answered by nobody; what it has started ends with it."""
    asking = tmp_path / "conda"
    asking.write_text("#!/bin/sh\nread answer || echo nobody; umask; pwd\n")
    asking.chmod(0o755)
    said: list[str] = []
    conda = Conda(str(asking), (24, 1), clones=True)
    await tool(tmp_path, {}).run(conda, (), said.append)
    assert said == ["nobody", "0022", "/"]
    sleeper = f"time.sleep(1000)#{tmp_path}"
    asking.write_text(
        f"#!/bin/sh\n{sys.executable} -c 'import time; {sleeper}' & wait\n"
    )
    slow = CondaTool(REACTOR, "", {}, tmp_path, 0.5)
    ended = await slow.run(conda, (), said.append)
    assert ended.timed_out
    await eventually(lambda: not running(sleeper), "nothing of it is left")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("NoSpaceLeftError: No space left on devices.", "disk of the node is full"),
        ("PackagesNotFoundInChannelsError: nosuch", "in none of the channels"),
        ("nothing provides requested nosuch", "in none of the channels"),
        ("UnsatisfiableError: The following", "contradicts itself"),
        ("PathNotFoundError: x", "cannot be reached, or a package is not in the cache"),
        ("CondaHTTPError: HTTP 000", "cannot be reached"),
        ("EnvironmentNotWritableError: x", "cannot be written"),
        ("EnvironmentLocationNotFound: Not", "there is no environment"),
        ("something new", "see what the tool said"),
    ],
)
def test_reasons(line: str, words: str) -> None:
    """People read what is wrong."""
    assert words in reason(Ended(1, ("tqdm", line)))
    assert reason(Ended(None, (), timed_out=True)) == "it took too long"
