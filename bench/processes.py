"""The peers' processes: started, waited for, ended."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from bench.measured import Contender, Missing, Sample
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


def costed(port: int, figure: str, measure: Contender) -> Sample:
    """Measure, and add the processor time each unit of *figure* took who listens there.

    Unlike rates it hardly depends on what else the machine does.
    """
    processes = listening(port)
    before, begin = _used(processes), time.perf_counter()
    sample = measure()
    used, took = _used(processes) - before, time.perf_counter() - begin
    return {**sample, "cpu s": used / (sample[figure] * took)}


def listening(port: int) -> list[psutil.Process]:
    """Return the processes that listen on *port*."""
    found = {
        one.pid
        for one in psutil.net_connections("tcp")
        if one.status == psutil.CONN_LISTEN and one.laddr and one.laddr.port == port
    }
    return [psutil.Process(pid) for pid in found if pid is not None]


def _used(processes: Sequence[psutil.Process]) -> float:
    times = [one.cpu_times() for one in processes]
    return sum(one.user + one.system for one in times)
