"""What the bench installs: Debian's nginx and wrk, the Node peers by lock file."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.measured import Missing
from bench.peers import CHP_PROGRAM, HERE
from tools import assets

_PATIENCE = 300.0
_SYSTEM = {"nginx": "nginx-light", "wrk": "wrk"}


def install_system() -> None:
    """Install nginx and wrk where that can be done without asking.

    What is missing afterwards is named by the rows that need it.
    """
    path = f"{os.environ.get('PATH', '')}:/usr/sbin"
    wanted = [
        package
        for name, package in _SYSTEM.items()
        if shutil.which(name, path=path) is None
    ]
    if not wanted or os.geteuid() != 0 or shutil.which("apt-get") is None:
        return
    sys.stderr.write(f"Installing {', '.join(wanted)} ...\n")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    # nginx must not begin to serve port 80 of this machine.
    policy = Path("/usr/sbin/policy-rc.d")
    ours = not policy.exists()
    if ours:
        policy.write_text("#!/bin/sh\nexit 101\n", "ascii")
        policy.chmod(0o755)
    try:
        for command in (("update",), ("install", "-y", *wanted)):
            _quietly(("apt-get", "-q", *command), quiet)
    finally:
        if ours:
            policy.unlink()


def node() -> Path:
    """Return Node.js, with the peers' packages installed.

    :raises Missing: there is no Node.js, or npm cannot fetch them.
    """
    try:
        found = assets.find_node()
    except assets.Problem as problem:
        raise Missing(f"No Node.js: {problem}") from None
    lock = (HERE / "package-lock.json").read_text("utf-8")
    stamp = HERE / "node_modules" / ".aen-lock"
    if not CHP_PROGRAM.exists() or not stamp.exists() or stamp.read_text() != lock:
        path = f"{found.program.parent}{os.pathsep}{os.environ.get('PATH', '')}"
        if not _quietly((*found.npm, "ci"), {**os.environ, "PATH": path}):
            raise Missing("npm could not fetch configurable-http-proxy and ws.")
        stamp.write_text(lock, "utf-8")
    return found.program


def _quietly(command: Sequence[str], environment: dict[str, str]) -> bool:
    """Run in the peers' folder; show what was said only if it failed."""
    done = subprocess.run(
        command,
        cwd=HERE,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        timeout=_PATIENCE,
    )
    if done.returncode != 0:
        sys.stderr.write(done.stdout.decode(errors="replace")[-2000:])
    return done.returncode == 0
