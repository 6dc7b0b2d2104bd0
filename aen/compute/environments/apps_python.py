"""The interpreter that AEN's own apps are run by, as whoever opens them.

With real accounts the platform's own may be out of reach: its environment below a home
of mode 700, say. Then apps get another: a template with what they import, built once
like the ones of projects, and a readable copy of our own modules.
"""

import hashlib
import importlib.metadata
import os
import shutil
import stat
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

from attrs import field, frozen
from twisted.internet.defer import DeferredLock
from twisted.internet.interfaces import IReactorFromThreads
from twisted.internet.threads import deferToThreadPool

from aen.model.errors import Failed

_NEEDED = (
    "attrs autobahn cattrs Jinja2 Brotli Twisted service-identity pyOpenSSL"
    " latex2mathml markdown-it-py mdit-py-plugins nh3 Pygments"
)
_MODULES = Path(__file__).parents[2]
_COPIED = ".py .html .js .css .br .gz .svg .json .woff2 .txt .map".split()
_SHELLS = "shells"
_PARTS = (
    *("__init__.py", "model", "runtime", "compute/__init__.py", "compute/apps"),
    *(
        f"compute/disk/{one}.py"
        for one in "__init__ acl modes passing remove walk".split()
    ),
    "compute/public_types.py",
    "compute/serving",
)
"""What our apps import of our own, below `aen`."""


@frozen
class AppsPython:
    """An interpreter, and where it finds our modules (empty: they are installed)."""

    python: str
    modules: str = ""


def packages() -> tuple[str, ...]:
    """Return what AEN's own apps import, in the versions that run here."""
    found = []
    for name in _NEEDED.split():
        try:
            found.append(f"{name}=={importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            continue  # an optional one
    return tuple(found)


def reachable(path: Path) -> bool:
    """Whether any account of this machine can enter and read *path*."""
    real = path.resolve()
    try:
        if not real.stat().st_mode & stat.S_IROTH:
            return False
        return all(one.stat().st_mode & stat.S_IXOTH for one in real.parents)
    except OSError:
        return False


def own(python_path: str) -> AppsPython | None:
    """Return the platform's own interpreter, if every account can use it."""
    places = (Path(sys.executable), Path(sys.prefix, "bin"), Path(os.__file__))
    modules = _MODULES / "compute" / "apps"
    if all(reachable(one) for one in (*places, modules)):
        return AppsPython(sys.executable, python_path)
    return None


def _files() -> Iterator[Path]:
    for part in _PARTS:
        top = _MODULES / part
        for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
            wanted = path.suffix in _COPIED or path.parent.name == _SHELLS
            if wanted and path.is_file():
                yield path


def copy_modules(target: Path) -> Path:
    """Put a copy of our modules that everybody may read below *target*.

    :returns: where it is: its name changes with the content.
    :raises Failed: it cannot be written.
    """
    digest = hashlib.sha256()
    for path in _files():
        digest.update(f"{path.relative_to(_MODULES)}\0".encode())
        digest.update(path.read_bytes())
    place = target / f"modules-{digest.hexdigest()[:16]}"
    if place.is_dir():
        return place
    making = target / f".{place.name}-{os.getpid()}"
    try:
        shutil.rmtree(making, ignore_errors=True)
        for path in _files():
            copy = making / _MODULES.name / path.relative_to(_MODULES)
            copy.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
            copy.chmod(0o644)
        _open_up(making)
        making.rename(place)
    except OSError as error:
        shutil.rmtree(making, ignore_errors=True)
        if place.is_dir():
            return place  # another process was faster
        raise Failed(
            f"The node cannot write to the project root: {error.strerror}:"
            f" {error.filename}."
        ) from None
    return place


def _open_up(top: Path) -> None:
    for path in (top, *top.rglob("*")):
        if path.is_dir():
            path.chmod(0o755)


@frozen
class SharedPython:
    """Makes the interpreter of apps that every account can use, once."""

    reactor: IReactorFromThreads
    template: Callable[[], Awaitable[Path]]
    """Returns the prefix of the template for apps, built first if need be."""
    place: Path
    """Where the copy of our modules goes; everybody can enter it."""
    python_path: str = ""
    _made: list[AppsPython] = field(factory=list)
    _turn: DeferredLock = field(factory=DeferredLock)

    async def ready(self) -> AppsPython:
        """Return the interpreter of AEN's own apps.

        :raises Failed: it cannot be made; the next launch tries again.
        """
        async with self._turn:
            if not self._made:
                self._made.append(own(self.python_path) or await self._make())
            return self._made[0]

    async def _make(self) -> AppsPython:
        prefix = await self.template()
        modules = await deferToThreadPool(
            self.reactor,
            self.reactor.getThreadPool(),  # type: ignore[attr-defined]
            copy_modules,
            self.place,
        )
        return AppsPython(str(prefix / "bin" / "python"), str(modules))
