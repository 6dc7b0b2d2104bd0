"""Make an environment with pip where Debian has left ensurepip out: no root needed.

``rootless_venv.py PLACE``: Debian keeps the pip of new environments in a package of its
own, which anybody may download and unpack. Succeeds, or ends with what went wrong.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

PIP_PACKAGE = "python3-pip-whl"
PIP_FOLDER = "usr/share/python-wheels"


def main() -> None:
    """Make the environment that the command line names."""
    with tempfile.TemporaryDirectory() as aside:
        try:
            make_venv(Path(sys.argv[1]), Path(aside))
        except (subprocess.CalledProcessError, OSError) as error:
            raise SystemExit(f"{PIP_PACKAGE} could not be used: {error}") from None


def make_venv(place: Path, aside: Path) -> None:
    """Make an environment at *place*; *aside* is an empty folder for the package.

    :raises CalledProcessError: a step failed.
    :raises FileNotFoundError: this is no Debian, or the package has no pip.
    """
    download(PIP_PACKAGE, aside)
    for package in aside.glob("*.deb"):
        run("dpkg-deb", "-x", package, aside)
    wheels = aside / PIP_FOLDER
    run(sys.executable, "-m", "venv", "--without-pip", place)
    # A wheel can be run as it is: this pip installs itself.
    pip = newest(wheels) / "pip"
    options = ("-q", "--no-index", "--find-links", wheels)
    run(place / "bin" / "python", pip, "install", *options, "pip")


def newest(wheels: Path) -> Path:
    """Return the wheel of pip in the folder *wheels*.

    :raises FileNotFoundError: it has none.
    """
    found = sorted(wheels.glob("pip-*.whl"))
    if not found:
        raise FileNotFoundError(f"no wheel of pip in {wheels}")
    return found[-1]


def download(package: str, folder: Path) -> None:
    """Download a package into *folder*.

    The system's package index may be empty or old and only root may renew it, so the
    second attempt has one of its own.

    :raises CalledProcessError: neither did; apt has said why.
    """
    try:
        run("apt-get", "-q", "download", package, cwd=folder)
    except subprocess.CalledProcessError:
        state, cache = folder / "state", folder / "cache"
        (state / "lists" / "partial").mkdir(parents=True)
        (cache / "archives" / "partial").mkdir(parents=True)
        own = ("-q", "-o", f"Dir::State={state}", "-o", f"Dir::Cache={cache}")
        run("apt-get", *own, "update")
        run("apt-get", *own, "download", package, cwd=folder)


def run(*command: str | Path, cwd: Path | None = None) -> None:
    """Run a step.

    :raises CalledProcessError: it failed; what it said is on the standard error.
    """
    subprocess.run(command, cwd=cwd, check=True)  # noqa: S603 -- our own commands


if __name__ == "__main__":
    main()
