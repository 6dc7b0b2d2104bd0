"""The program that stands above an app."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from aen.compute.helper import supervise
from tests.waiting import until

pytestmark = pytest.mark.system

POLITE = (
    "import signal, sys, time; signal.signal(15, lambda *_: sys.exit(7));"
    " print('up', flush=True); time.sleep(100)"
)


@pytest.fixture
def running() -> Iterator[list[subprocess.Popen[str]]]:
    """Programs started by a test, ended with it."""
    started: list[subprocess.Popen[str]] = []
    yield started
    for one in started:
        one.kill()
        one.communicate()


def start(
    running: list[subprocess.Popen[str]], *argv: str, limits: str = ""
) -> subprocess.Popen[str]:
    """Run *argv* under a supervisor."""
    program = [sys.executable, "-I", "-S", supervise.__file__, "/", limits, "", "--"]
    pipe = subprocess.PIPE
    found = subprocess.Popen([*program, *argv], stdout=pipe, stderr=pipe, text=True)
    running.append(found)
    return found


def python(text: str) -> tuple[str, ...]:
    """Return a command that runs Python source."""
    return (sys.executable, "-S", "-c", text)


def test_exit_status_is_the_apps(running: list[subprocess.Popen[str]]) -> None:
    """A status as it is; a signal as a shell tells it."""
    assert start(running, *python("raise SystemExit(5)")).wait(20) == 5
    text = "import os; os.kill(os.getpid(), 9)"
    assert start(running, *python(text)).wait(20) == 137


def test_a_program_that_is_not_there(running: list[subprocess.Popen[str]]) -> None:
    """It says what cannot be run, and ends as a shell would."""
    found = start(running, "/nonexistent/app")
    assert "cannot be run in /" in found.communicate(timeout=20)[1]
    assert found.returncode == 127


def test_where_an_app_finds_itself(running: list[subprocess.Popen[str]]) -> None:
    """In its directory, its supervisor's session, a group of its own, umask 007."""
    text = (
        "import os, resource; print(os.getcwd(), os.getsid(0) == os.getppid(),"
        " os.getpgrp() == os.getpid(), os.umask(0),"
        " resource.getrlimit(resource.RLIMIT_NOFILE)[0])"
    )
    found = start(running, *python(text), limits="NOFILE=64,CORE=0")
    assert found.communicate(timeout=20)[0].split() == ["/", "True", "True", "7", "64"]


def test_memory_is_held_without_control_groups(
    running: list[subprocess.Popen[str]],
) -> None:
    """By what each process writes to; address space that is only reserved is free."""
    for size, status in ((300, 1), (20, 0)):
        text = (
            "import mmap; mmap.mmap(-1, 2**33, flags=mmap.MAP_PRIVATE, prot=0);"
            f" bytearray({size} * 1024 * 1024)"
        )
        found = start(running, *python(text), limits="DATA=150000000")
        said = found.communicate(timeout=20)[1]
        assert (found.returncode, "MemoryError" in said) == (status, bool(status)), said


def test_sigterm_is_handed_on(running: list[subprocess.Popen[str]]) -> None:
    """The app decides how it ends."""
    found = start(running, *python(POLITE))
    assert found.stdout is not None
    found.stdout.readline()
    found.send_signal(signal.SIGTERM)
    assert found.wait(20) == 7


def test_what_an_app_leaves_is_ended(
    running: list[subprocess.Popen[str]], tmp_path: Path
) -> None:
    """A daemon with another session and no environment ends with its app."""
    note = tmp_path / "pid"
    daemon = (
        "import os, time\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork():\n"
        "        os._exit(0)\n"
        f"    open({str(note)!r}, 'w').write(str(os.getpid()))\n"
        "    time.sleep(100)\n"
        "os.wait()\n"
        f"while not os.path.exists({str(note)!r}) or not open({str(note)!r}).read():\n"
        "    time.sleep(0.01)\n"
    )
    assert start(running, *python(daemon)).wait(20) == 0
    pid = int(note.read_text())
    until(lambda: not Path(f"/proc/{pid}").exists(), "the daemon has ended", 5)
