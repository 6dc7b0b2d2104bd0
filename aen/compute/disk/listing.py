"""What is in a project's environments, read without running anything of theirs."""

import os
import re
import stat

from aen.compute.disk.walk import Refused, descend, open_below, opened

_MOST_ENVIRONMENTS = 50
_MOST_PACKAGES = 2000
_LONGEST_CONFIG = 16 * 1024  # bytes
_VERSION = re.compile(r"^version(?:_info)?\s*=\s*(\d[\w.+-]{0,40})", re.MULTILINE)
# https://packaging.python.org/en/latest/specifications/recording-installed-packages
_DIST_INFO = re.compile(r"([A-Za-z0-9._]+)-([A-Za-z0-9._+!]+)\.dist-info", re.ASCII)
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,62}", re.ASCII)

Found = dict[str, object]


def environments(root: str, owner: str, name: str) -> list[Found]:
    """Return name, Python version and packages of each environment of a project."""
    try:
        with (
            opened(descend(root, [owner, name])) as project,
            opened(open_below(project, "envs")) as directory,
        ):
            names = [one for one in _names(directory) if _NAME.fullmatch(one)]
            found = [_one(directory, one) for one in names[:_MOST_ENVIRONMENTS]]
    except FileNotFoundError:
        return []
    return [one for one in found if one is not None]


def _names(directory: int) -> list[str]:
    with os.scandir(directory) as found:
        return sorted(one.name for one in found)


def _one(parent: int, name: str) -> Found | None:
    try:
        with opened(open_below(parent, name)) as prefix:
            version = _python_version(prefix)
            return {"name": name, "python": version, "packages": _packages(prefix)}
    except (OSError, Refused):
        return None


def _python_version(prefix: int) -> str:
    # a pipe in its place must not make us wait for a writer
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with opened(os.open("pyvenv.cfg", flags, dir_fd=prefix)) as config:
        if not stat.S_ISREG(os.fstat(config).st_mode):
            return ""
        text = os.read(config, _LONGEST_CONFIG).decode("utf-8", "replace")
    version = _VERSION.search(text)
    return version[1] if version else ""


def _packages(prefix: int) -> list[tuple[str, str]]:
    try:
        with opened(open_below(prefix, "lib")) as libraries:
            places = [n for n in _names(libraries) if n.startswith("python3")]
            for place in places[:1]:
                with (
                    opened(open_below(libraries, place)) as library,
                    opened(open_below(library, "site-packages")) as packages,
                ):
                    return _dist_infos(_names(packages))
    except (OSError, Refused):
        pass
    return []


def _dist_infos(names: list[str]) -> list[tuple[str, str]]:
    matches = (_DIST_INFO.fullmatch(name) for name in names)
    found = [(m[1].replace("_", "-").lower(), m[2]) for m in matches if m]
    return sorted(found)[:_MOST_PACKAGES]
