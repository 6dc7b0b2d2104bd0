"""The program."""

import signal
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from twisted.logger import Logger, LogLevel, globalLogPublisher

from aen.proxy.standalone.__main__ import Lines, main
from tests.waiting import until

ROOT = Path(__file__).parents[3]


def test_a_refusal_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """On standard error, and the exit status tells."""
    assert main(["--storage-backend", "redis"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("aen-proxy: --storage-backend:")
    assert said.count("\n") == 1


def test_lines() -> None:
    """Events are lines; what others chat about is left out."""
    stream = StringIO()
    lines = Lines(stream)
    globalLogPublisher.addObserver(lines)
    Logger("aen.x").emit(LogLevel.info, "hello {who}", who="you")
    Logger("twisted.x").emit(LogLevel.info, "chatter")
    Logger("twisted.x").emit(LogLevel.warn, "careful")
    globalLogPublisher.removeObserver(lines)
    said = stream.getvalue().splitlines()
    assert [line.split()[-1] for line in said] == ["you", "careful"]


def written(process: "subprocess.Popen[str]", path: Path) -> bool:
    """Return whether the file is there; a program that has ended writes none."""
    assert process.poll() is None
    return path.exists()


@pytest.mark.system
@pytest.mark.parametrize(("level", "says"), [("info", True), ("error", False)])
def test_the_program_runs_and_ends(tmp_path: Path, level: str, *, says: bool) -> None:
    """It says where it listens, and what each level lets it say; SIGTERM ends it."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "aen.proxy.standalone", "--log-level", level),
            *("--socket", str(tmp_path / "p"), "--api-socket", str(tmp_path / "a")),
            *("--pid-file", str(tmp_path / "pid")),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        until(lambda: written(process, tmp_path / "pid"), "it begins")
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=20)
    finally:
        process.kill()
        process.wait()
    assert ("Proxying at" in said) == says
    assert process.returncode == 0
    assert not (tmp_path / "pid").exists()
