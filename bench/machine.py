"""What was measured on: the machine and the versions of all that took part."""

import os
import platform
import re
import subprocess
import sys
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

from bench import peers
from bench.measured import Missing
from bench.packages import node
from bench.processes import program

_LIBRARIES = ("Twisted", "httptools", "autobahn", "pyOpenSSL", "cryptography")
_VERSION = re.compile(r"\d+(?:\.\d+)+\S*")


def machine() -> dict[str, str]:
    """Return what describes this machine, by name."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    return {
        "processor": processor(Path("/proc/cpuinfo").read_text("utf-8")),
        "cores": str(len(os.sched_getaffinity(0))),
        "memory": f"{memory / 2**30:.0f} GB",
        "kernel": platform.release(),
        "load before (1, 5, 15 minutes)": load,
    }


def processor(text: str) -> str:
    """Return the processor's name from the text of ``/proc/cpuinfo``."""
    found = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return found[1] if found else platform.machine()


def versions() -> dict[str, str]:
    """Return the versions of the programs that took part."""
    found = {
        "AEN": said(("git", "describe", "--always", "--dirty"), whole=True),
        "Python": platform.python_version(),
        **{name: metadata.version(name) for name in _LIBRARIES},
        "OpenSSL": said(
            (sys.executable, "-c", "import ssl; print(ssl.OPENSSL_VERSION)")
        ),
    }
    for name, options in (("nginx", "-v"), ("wrk", "-v")):
        try:
            found[name] = said((program(name), options))
        except Missing:
            found[name] = "none"
    try:
        found["Node.js"] = said((str(node()), "--version"))
        found["configurable-http-proxy"] = said(
            (str(node()), str(peers.CHP_PROGRAM), "--version")
        )
    except Missing:
        found["Node.js"] = "none"
    return found


def said(command: Sequence[str], *, whole: bool = False) -> str:
    """Return the version a program tells, or its *whole* answer."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=20,
        )
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"
    text = done.stdout.strip()
    found = _VERSION.search(text)
    if whole:
        return text if done.returncode == 0 else "unknown"
    return found[0] if found else "unknown"
