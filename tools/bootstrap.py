"""Find a Python new enough and let it make this checkout's environment.

``python3 tools/bootstrap.py [EXTRA...]`` may be started by any Python 3: this file
keeps to what old ones understand. The work is done by ``checkout.py``, next to it.
"""

import glob
import os
import shutil
import subprocess
import sys

OLDEST = (3, 11)
NEWEST = 20
HERE = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 -- old Pythons


def candidates():  # type: ignore[no-untyped-def]  # noqa: ANN201
    """Yield interpreters that may be new enough, the most likely first."""
    yield sys.executable
    names = ["python3.%d" % minor for minor in range(OLDEST[1], NEWEST)]  # noqa: UP031
    for name in [*names, "python3", "python"]:
        found = shutil.which(name)
        if found:
            yield found
    home = os.path.expanduser("~")  # noqa: PTH111
    for pattern in (
        os.environ.get("PYENV_ROOT", os.path.join(home, ".pyenv")) + "/versions/*",  # noqa: PTH118
        home + "/.local/share/uv/python/*",
        "/usr/local",
        "/opt/python*",
    ):
        yield from sorted(glob.glob(pattern + "/bin/python3"), reverse=True)  # noqa: PTH207


def is_new_enough(python):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Tell whether *python* runs and is at least `OLDEST`."""
    # A pyenv shim is there for versions that are not, so the answer is by trying.
    test = "import sys; sys.exit(sys.version_info < %r)" % (OLDEST,)  # noqa: UP031
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123
        try:
            return (
                subprocess.call(  # noqa: S603 -- interpreters found on this machine
                    [python, "-c", test], stdout=nowhere, stderr=nowhere
                )
                == 0
            )
        except OSError:
            return False


def main():  # type: ignore[no-untyped-def]  # noqa: ANN201
    """Start ``checkout.py`` with the first Python that is new enough."""
    for python in candidates():
        if is_new_enough(python):
            checkout = os.path.join(HERE, "checkout.py")  # noqa: PTH118
            os.execv(python, [python, checkout, *sys.argv[1:]])  # noqa: S606
    wanted = ".".join(map(str, OLDEST))
    sys.exit(
        "AEN needs Python " + wanted + " or newer and found only older ones.\n"
        "On Debian or Ubuntu, as root: apt-get install python3 python3-venv\n"
        "Elsewhere: install one, e.g. with pyenv or uv, and run again with"
        " PYTHON=/path/to/python3."
    )


if __name__ == "__main__":
    main()
