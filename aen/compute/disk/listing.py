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
# name-version-build.json, neither version nor build has a hyphen
_RECORD = re.compile(r"([A-Za-z0-9._-]+)-([^-]+)-[^-]+\.json", re.ASCII)
# a pipe in a file's place must not make us wait for a writer
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,62}", re.ASCII)

Found = dict[str, object]


def environments(root: str, owner: str, name: str) -> list[Found]:
    """Return name, Python version and packages of each environment of a project."""
    try:
        with (
            opened(descend(root, [owner, name])) as project,
            opened(open_below(project, "envs")) as directory,
        ):
            names = [one for one in _names(directory) if _is_environment(one)]
            found = [_one(directory, one) for one in names[:_MOST_ENVIRONMENTS]]
    except FileNotFoundError:
        return []
    return [one for one in found if one is not None]


def _is_environment(name: str) -> bool:
    """Whether *name* is one of people's; see `aen.compute.environments.inside`."""
    return _NAME.fullmatch(name) is not None and not name.startswith("_aen-")


def _names(directory: int) -> list[str]:
    with os.scandir(directory) as found:
        return sorted(one.name for one in found)


def _one(parent: int, name: str) -> Found | None:
    try:
        with opened(open_below(parent, name)) as prefix:
            found = _conda(prefix)
            if found is None:
                version = _python_version(prefix)
                found = {"python": version, "packages": _packages(prefix)}
            return {"name": name, "provider": "builtin", **found}
    except (OSError, Refused):
        return None


def _python_version(prefix: int) -> str:
    with opened(os.open("pyvenv.cfg", _READ, dir_fd=prefix)) as config:
        if not stat.S_ISREG(os.fstat(config).st_mode):
            return ""
        text = os.read(config, _LONGEST_CONFIG).decode("utf-8", "replace")
    version = _VERSION.search(text)
    return version[1] if version else ""


def _conda(prefix: int) -> Found | None:
    """Return what a conda environment has; None when it is none."""
    try:
        with opened(open_below(prefix, "conda-meta")) as records:
            matches = (_RECORD.fullmatch(one) for one in _names(records))
            packages = [(m[1].lower(), m[2]) for m in matches if m]
    except (OSError, Refused):
        return None
    by_pip = [one for one in _packages(prefix, by_pip=True) if one not in packages]
    whole = sorted({*packages, *by_pip})[:_MOST_PACKAGES]
    python = dict(packages).get("python", "")
    return {
        "python": python,
        "packages": whole,
        "by_pip": by_pip,
        "provider": "conda",
    }


def _by_pip(packages: int, info: str) -> bool:
    """Whether what *info* is about was not put there by conda."""
    try:
        with (
            opened(open_below(packages, info)) as directory,
            opened(os.open("INSTALLER", _READ, dir_fd=directory)) as file,
        ):
            return stat.S_ISREG(os.fstat(file).st_mode) and (
                os.read(file, 64).strip() != b"conda"
            )
    except (OSError, Refused):
        return False


def _packages(prefix: int, *, by_pip: bool = False) -> list[tuple[str, str]]:
    try:
        with opened(open_below(prefix, "lib")) as libraries:
            places = [n for n in _names(libraries) if n.startswith("python3")]
            for place in places[:1]:
                with (
                    opened(open_below(libraries, place)) as library,
                    opened(open_below(library, "site-packages")) as packages,
                ):
                    names = _names(packages)
                    if by_pip:
                        infos = (one for one in names if one.endswith(".dist-info"))
                        names = [one for one in infos if _by_pip(packages, one)]
                    return _dist_infos(names)
    except (OSError, Refused):
        pass
    return []


def _dist_infos(names: list[str]) -> list[tuple[str, str]]:
    matches = (_DIST_INFO.fullmatch(name) for name in names)
    found = [(m[1].replace("_", "-").lower(), m[2]) for m in matches if m]
    return sorted(found)[:_MOST_PACKAGES]
