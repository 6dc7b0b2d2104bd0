"""What apps have in common as programs: where they are, their end, their refusal."""

import subprocess
import sys
from pathlib import Path

import pytest

from aen.compute.apps.program import command_line
from tests.asking import Client
from tests.waiting import until

PROGRAM = """
from twisted.internet import reactor
from twisted.web.resource import Resource
from twisted.web.server import Site

from aen.compute.apps.program import command_line, run, serve
from aen.model.errors import Invalid

given = command_line("example").parse_args()

async def end():
    print("ended", given.socket.exists(), flush=True)

def assemble():
    if not given.project.is_dir():
        raise Invalid("there is no project")
    serve(reactor, given.socket, Site(Resource()), end)

run(reactor, assemble)
"""


def started(folder: Path, project: Path) -> "subprocess.Popen[str]":
    """Start the smallest app there can be."""
    where = ["--socket", str(folder / "s"), "--prefix", "/", "--project", str(project)]
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *where],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize(
    "prefix", ["/ada/lab/files", "ada/lab/files", "/ada/lab/files/"]
)
def test_prefix(prefix: str) -> None:
    """A prefix begins with a slash and ends without one, however it is written."""
    argv = ["--socket", "/run/s", "--prefix", prefix, "--project", "/p"]
    given = command_line("files").parse_args(argv)
    assert given.prefix == "/ada/lab/files"
    assert (given.socket, given.project) == (Path("/run/s"), Path("/p"))


@pytest.mark.parametrize("missing", ["--socket", "--prefix", "--project"])
def test_missing(missing: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What is missing is named."""
    needed = {"--socket": "/run/s", "--prefix": "/a/b/files", "--project": "/p"}
    del needed[missing]
    with pytest.raises(SystemExit):
        command_line("files").parse_args(
            [word for two in needed.items() for word in two]
        )
    assert missing in capsys.readouterr().err


def test_end(tmp_path: Path) -> None:
    """At SIGTERM it listens no more, then ends what it started, and is content."""
    program = started(tmp_path, tmp_path)
    client = Client("http://localhost", socket=tmp_path / "s")
    until(lambda: client.get("/").status == 404, "the program is up")
    program.terminate()
    output, _ = program.communicate(timeout=10)
    assert "ended False" in output.splitlines()
    assert program.returncode == 0


def test_refusal(tmp_path: Path) -> None:
    """An app that cannot start says why in one line."""
    program = started(tmp_path, tmp_path / "nowhere")
    _, said = program.communicate(timeout=10)
    assert said == "there is no project\n"
    assert program.returncode == 1
