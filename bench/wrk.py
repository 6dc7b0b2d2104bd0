"""HTTP load by wrk, and what it prints."""

import re
import shutil
import subprocess
from collections.abc import Mapping

from bench.measured import Missing, Sample

CONNECTIONS = 32
_UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_RATE = re.compile(r"^Requests/sec:\s+([\d.]+)\s*$", re.MULTILINE)
_P99 = re.compile(r"^\s+99%\s+([\d.]+)(us|ms|s|m|h)\s*$", re.MULTILINE)
_REFUSED = re.compile(r"Non-2xx or 3xx responses: (\d+)")
_ERRORS = re.compile(
    r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)"
)


def load(url: str, headers: Mapping[str, str], seconds: float, size: int) -> Sample:
    """Return requests and bytes a second, and the 99th percentile of latency.

    :param size: bytes in each body.
    :raises Missing: wrk is not there, or did not get proper answers.
    """
    program = shutil.which("wrk")
    if program is None:
        raise Missing("wrk, which makes the load, is not installed.")
    asked = [f"--header={name}: {value}" for name, value in headers.items()]
    done = subprocess.run(
        (
            *(program, "--threads=1", f"--connections={CONNECTIONS}", "--latency"),
            *(f"--duration={max(1, round(seconds))}s", *asked, url),
        ),
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds + 60,
    )
    if done.returncode != 0:
        raise Missing(f"wrk failed: {done.stderr.strip()}")
    sample = parse(done.stdout)
    return {**sample, "MB/s": sample["requests/s"] * size / 1e6}


def parse(said: str) -> dict[str, float]:
    """Return the figures in wrk's report.

    :raises Missing: it is not one, or tells of answers that are no successes.
    """
    rate, late = _RATE.search(said), _P99.search(said)
    if rate is None or late is None:
        raise Missing(f"wrk said something unexpected: {said[-300:]}")
    if refused := _REFUSED.search(said):
        raise Missing(f"{refused[1]} answers were no success.")
    if (errors := _ERRORS.search(said)) and any(map(int, errors.groups())):
        raise Missing(f"wrk met errors: {errors[0]}.")
    return {
        "requests/s": float(rate[1]),
        "p99 s": float(late[1]) * _UNITS[late[2]],
    }
