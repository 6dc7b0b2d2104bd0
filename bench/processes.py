"""The peers' processes: started, waited for, ended."""

import shutil
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from bench.measured import Missing
from tests.waiting import until

_PATIENCE = 30.0


@contextmanager
def running(command: Sequence[str], port: int, log: Path) -> Iterator[None]:
    """Keep a program running that listens on *port*.

    :raises Missing: it does not come up.
    """
    with log.open("ab") as said:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=said, stderr=said
        )
    try:
        until(lambda: _ended(process) or listens(port), command[0], _PATIENCE)
        if _ended(process):
            raise Missing(f"{Path(command[0]).name} ended; its words are in {log}.")
        yield
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(5)
        process.kill()
        process.wait()


def _ended(process: "subprocess.Popen[bytes]") -> bool:
    return process.poll() is not None


def listens(port: int) -> bool:
    """Tell whether somebody listens on *port* of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def program(name: str) -> str:
    """Return where a program of the system is.

    :raises Missing: it is not installed.
    """
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if found is None:
        raise Missing(f"{name} is not installed: apt-get install {name}")
    return found
