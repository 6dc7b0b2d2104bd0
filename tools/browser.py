"""Install what the browser tests need where that is possible: Debian, as root.

Where it is not, nothing happens: the tests skip and say what is missing.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = ("chromium", "fonts-dejavu-core")
DRIVER = ("libatomic1",)
"""What the Node.js inside of Playwright needs and a small Debian lacks."""
PATIENCE = 600.0
"""Seconds a step of the system's package tool may take."""


def chromium() -> str | None:
    """Return the browser of this machine, or the one AEN_CHROMIUM names."""
    named = os.environ.get("AEN_CHROMIUM")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


def main() -> None:
    """Install what is missing unless it is not ours to install."""
    missing = packages()
    apt = shutil.which("apt-get")
    if not missing or apt is None or os.geteuid() != 0:
        return
    sys.stderr.write(f"Installing for the browser tests: {', '.join(missing)} ...\n")
    # Another apt-get may be at work just after a machine was made.
    options = ("-q", "-y", "-o", "DPkg::Lock::Timeout=120")
    install = ("install", "--no-install-recommends", *missing)
    for step in (("update",), install):
        try:
            subprocess.run(  # noqa: S603 -- found on PATH, our own arguments
                (apt, *options, *step),
                env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                check=step is install,
                timeout=PATIENCE,
            )
        except (subprocess.SubprocessError, OSError) as error:
            sys.stderr.write(f"The browser tests will be skipped: {error}\n")
            return


def packages() -> tuple[str, ...]:
    """Return the packages of the system that the browser tests miss."""
    browser = () if chromium() is not None else CHROMIUM
    driver = () if driver_runs() else DRIVER
    return (*browser, *driver)


def driver_runs() -> bool:
    """Tell whether Playwright's own program can be started on this system."""
    spec = importlib.util.find_spec("playwright")
    for folder in (spec and spec.submodule_search_locations) or ():
        program = os.environ.get("PLAYWRIGHT_NODEJS_PATH") or str(
            Path(folder, "driver", "node")
        )
        return starts(program)
    return True  # without Playwright there is nothing that a package could mend


def starts(program: str) -> bool:
    """Tell whether *program* tells its version."""
    try:
        done = subprocess.run(  # noqa: S603 -- of our own environment
            (program, "--version"), capture_output=True, check=False, timeout=60.0
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


if __name__ == "__main__":
    main()
