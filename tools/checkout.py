"""Make and keep this checkout's ``.venv``: ``checkout.py [EXTRA...]``.

Does nothing, and quickly, when the environment is already what ``setup.cfg`` and
``pyproject.toml`` ask for. Two of these at once take turns.
"""

import ast
import fcntl
import hashlib
import importlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "aen-checkout.json"
PATIENCE = 1200.0
"""Seconds any one step may take."""


class Problem(Exception):
    """Why there is no environment, in words a person can act on."""


def main() -> None:
    """Bring ``.venv`` up to date, or say in a sentence why not."""
    try:
        with alone(ROOT / ".venv.lock"):
            update(frozenset(sys.argv[1:]))
    except Problem as problem:
        raise SystemExit(f"AEN could not be installed: {problem}") from None
    except subprocess.TimeoutExpired as late:
        raise SystemExit(f"AEN could not be installed: {late}") from None
    except OSError as error:
        raise SystemExit(
            f"AEN could not be installed: {error.filename}: {error.strerror}"
        ) from None


def update(extras: frozenset[str]) -> None:
    """Install what is missing; remake an environment that is half made or moved."""
    before = read_stamp(STAMP)
    python = VENV / "bin" / "python"
    base = fingerprint()
    same = before.get("base") == base and python.exists()
    have = frozenset(str(before.get("extras", "")).split())
    if same and extras <= have:
        return
    say("Setting up (needed once, and after an upgrade) ...")
    if before.get("place") != str(VENV) or not python.exists():
        make_venv(VENV)
    STAMP.unlink(missing_ok=True)
    install(python, have | extras)
    record = {"place": str(VENV), "base": base, "extras": " ".join(have | extras)}
    STAMP.write_text(json.dumps(record), "utf-8")


def fingerprint() -> str:
    """Return what an environment depends on, as one hash."""
    total = hashlib.sha256(str(VENV).encode())
    for name in ("setup.cfg", "pyproject.toml"):
        total.update((ROOT / name).read_bytes())
    return total.hexdigest()


def read_stamp(path: Path) -> dict[str, object]:
    """Return what the last success recorded; nothing if there was none."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold the lock file at *path*."""
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another set-up of this checkout ...")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def make_venv(place: Path) -> None:
    """Make an empty environment with pip at *place*, by whatever this system has.

    :raises Problem: it has nothing; says what to install.
    """
    if not has("ensurepip") and is_debian_root():
        say("Installing python3-venv ...")
        run((*APT_GET, "update"), quiet=True)
        run((*APT_GET, "install", "-y", "python3-venv"), environment=APT, quiet=True)
        importlib.invalidate_caches()
    shutil.rmtree(place, ignore_errors=True)
    for command in venv_commands(place):
        if run(command, quiet=True):
            return
        shutil.rmtree(place, ignore_errors=True)
    if by_downloaded_virtualenv(place) or by_unpacked_pip(place):
        return
    shutil.rmtree(place, ignore_errors=True)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    raise Problem(
        f"Python {version} ({sys.executable}) cannot make virtual environments."
        f" On Debian or Ubuntu, as root: apt-get install python{version}-venv"
        " - elsewhere install virtualenv or uv - then run this again."
    )


# Another apt-get may be at work just after a machine was made.
APT_GET = ("apt-get", "-o", "DPkg::Lock::Timeout=120")
APT = {"DEBIAN_FRONTEND": "noninteractive"}


def has(module: str) -> bool:
    """Tell whether this Python has a module: Debian leaves some out."""
    return importlib.util.find_spec(module) is not None


def is_debian_root() -> bool:
    """Tell whether packages of the system may be installed by us."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def venv_commands(place: Path) -> Iterator[tuple[str, ...]]:
    """Yield the ways to make an environment that this system offers."""
    python = sys.executable
    if has("ensurepip"):
        yield (python, "-m", "venv", str(place))
    if has("virtualenv"):
        yield (python, "-m", "virtualenv", str(place))
    elif found := shutil.which("virtualenv"):
        yield (found, "-p", python, str(place))
    if found := shutil.which("uv"):
        yield (found, "venv", "--seed", "-p", python, str(place))


def by_downloaded_virtualenv(place: Path) -> bool:
    """Make the environment with a virtualenv that pip fetches for the occasion."""
    if not has("pip"):
        return False
    with tempfile.TemporaryDirectory() as aside:
        pip = (sys.executable, "-m", "pip", "install", "-q", "--target", aside)
        return run((*pip, "virtualenv"), quiet=True) and run(
            (sys.executable, "-m", "virtualenv", str(place)),
            environment={"PYTHONPATH": aside},
            quiet=True,
        )


def by_unpacked_pip(place: Path) -> bool:
    """Make the environment with the pip of a Debian package, which is only unpacked.

    So somebody without root needs nobody to install python3-venv.
    """
    if has("ensurepip") or not shutil.which("apt-get"):
        return False
    say("python3-venv is not installed; fetching pip from the system's packages ...")
    program = str(ROOT / "tools" / "rootless_venv.py")
    return run((sys.executable, program, str(place)), quiet=True)


def install(python: Path, extras: frozenset[str]) -> None:
    """Install this checkout and its dependencies: by uv, else by pip itself.

    The mode must be “compat”: Twisted finds plugins only in real folders on
    ``sys.path``, and the newer editable installs are import hooks.

    :raises Problem: neither could; what they said is on the standard error.
    """
    wanted = f"{ROOT}[{','.join(sorted(extras))}]" if extras else str(ROOT)
    what = ("-e", wanted, "--config-settings", "editable_mode=compat")
    pip = (str(python), "-m", "pip")
    if run((*pip, "install", "-q", "uv"), quiet=True):
        uv = (str(python), "-m", "uv", "pip", "install", "-q", "-p", str(python))
        listed = subprocess.run(  # noqa: S603 -- pip of the new environment
            (*pip, "config", "list"),
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        ).stdout
        if run((*uv, *what), environment=as_uv(listed, os.environ), quiet=True):
            return
    say("Falling back to pip, which takes longer ...")
    if not run((*pip, "install", "-q", *what)):
        raise Problem("pip failed; what it said is above.")


UV_NAMES = {
    "find-links": ("UV_FIND_LINKS", ","),
    "extra-index-url": ("UV_EXTRA_INDEX_URL", " "),
    "index-url": ("UV_DEFAULT_INDEX", ""),
    "trusted-host": ("UV_INSECURE_HOST", " "),
    # uv has no variable for it; local directories of packages work offline
    "no-index": ("UV_OFFLINE", ""),
    "cert": ("SSL_CERT_FILE", ""),
    "proxy": ("ALL_PROXY", ""),
}
"""pip's option, uv's variable for it, and what stands between several values."""


def as_uv(listed: str, environ: Mapping[str, str]) -> dict[str, str]:
    """Return variables that tell uv what pip was told, from ``pip config list``.

    What the person has already told uv in *environ* stays.
    """
    found: dict[str, str] = {}
    for line in listed.splitlines():
        key, _, text = line.partition("=")
        variable, between = UV_NAMES.get(key.rpartition(".")[2], ("", ""))
        if not variable or variable in environ:
            continue
        try:
            values = str(ast.literal_eval(text)).split()
        except (ValueError, SyntaxError):
            continue
        if between and variable in found:
            values = [*found[variable].split(between), *values]
        found[variable] = between.join(dict.fromkeys(values))
    # pip takes the best version of all indexes; uv would stop at the first.
    found.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    if "UV_CACHE_DIR" not in environ and not may_write(Path.home() / ".cache/uv"):
        found["UV_CACHE_DIR"] = str(ROOT / ".venv" / "uv-cache")
    return found


def may_write(folder: Path) -> bool:
    """Tell whether files can be made in *folder*, which need not exist yet."""
    while not folder.exists():
        folder = folder.parent
    return folder.is_dir() and os.access(folder, os.W_OK)


def run(
    command: Sequence[str],
    *,
    environment: Mapping[str, str] | None = None,
    quiet: bool = False,
) -> bool:
    """Run *command* and tell whether it succeeded; *quiet* shows output on failure."""
    try:
        done = subprocess.run(  # noqa: S603 -- our own commands
            command,
            env={**os.environ, **(environment or {})},
            check=False,
            timeout=PATIENCE,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if quiet else None,
            stderr=subprocess.STDOUT if quiet else None,
        )
    except FileNotFoundError:
        return False
    if done.returncode != 0 and quiet:
        sys.stderr.write(done.stdout.decode(errors="replace")[-4000:])
    return done.returncode == 0


def say(text: str) -> None:
    """Tell the person what is going on."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main()
