"""Install Chromium for the browser tests where that is possible: Debian, as root.

Where it is not, nothing happens: the tests skip and say what is missing.
"""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome")
PACKAGES = ("chromium", "fonts-dejavu-core")
PATIENCE = 600.0
"""Seconds a step of the system's package tool may take."""


def chromium() -> str | None:
    """Return the browser of this machine, or the one AEN_CHROMIUM names."""
    named = os.environ.get("AEN_CHROMIUM")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


def main() -> None:
    """Install Chromium unless there is one or it is not ours to install."""
    if chromium() is not None:
        return
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return
    sys.stderr.write("Installing Chromium for the browser tests ...\n")
    # Another apt-get may be at work just after a machine was made.
    options = ("-q", "-y", "-o", "DPkg::Lock::Timeout=120")
    install = ("install", "--no-install-recommends", *PACKAGES)
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
            sys.stderr.write(f"Chromium was not installed: {error}\n")
            return


if __name__ == "__main__":
    main()
