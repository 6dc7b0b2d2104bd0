"""Settings and keys on the server's machine: which belong in a backup, and where to.

A place stands for a folder: ``server`` for the server's prefix, the folder's name for
each of the prefixes that `beside` names, ``elsewhere`` for ``/``. Below a prefix all of
``etc/wakari`` is taken; elsewhere the shared settings, those given by ``-c``, and the
certificates and keys in PEM form whose paths stand in any of these settings.
"""

import json
import os
import re
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import frozen

from aen.model.errors import Failed, Invalid

SERVER, ELSEWHERE = "server", "elsewhere"
BELOW = "etc/wakari"
_LARGEST = 1024 * 1024
"""Bytes of a file: settings, keys and manifests are far smaller."""
_MOST = 2000
_PLACE = re.compile(r"[A-Za-z0-9][\w.-]{0,60}", re.ASCII)
_PEM = b"-----BEGIN "


@frozen
class Places:
    """Which folder each place stands for."""

    folders: Mapping[str, Path]

    @classmethod
    def of(cls, home: Path, beside: tuple[str, ...]) -> "Places":
        """Return the places of the server in *home* and of what is *beside* it.

        :raises Invalid: two of them would be called the same.
        """
        folders = {SERVER: home}
        for text in beside:
            path = Path(text)
            known = path.name in {*folders, ELSEWHERE}
            if known or not path.is_absolute() or not _PLACE.fullmatch(path.name):
                raise Invalid(
                    f"“beside”: {text} must be an absolute path, whose last part no"
                    " other one ends with."
                )
            folders[path.name] = path
        return cls(folders)

    def path(self, name: str) -> Path | None:
        """Return where the file called *name* in a backup belongs; None: nowhere."""
        _, place, rest = name.split("/", 2)
        if place == ELSEWHERE:
            return Path("/", rest)
        folder = self.folders.get(place)
        if folder is None or not rest.startswith(f"{BELOW}/"):
            return None
        return folder / rest

    def name(self, path: Path) -> str:
        """Return what the file at *path* is called in a backup."""
        for place, folder in self.folders.items():
            if path.is_relative_to(folder / BELOW):
                return f"files/{place}/{path.relative_to(folder)}"
        return f"files/{ELSEWHERE}/{path.relative_to('/')}"


class Gathering:
    """Finds and reads the files of an installation."""

    def __init__(self, places: Places, given: tuple[Path, ...]) -> None:
        """Take the places, and the settings files outside of them."""
        self._places = places
        self._given = tuple(one.absolute() for one in given)
        self.left_out: list[str] = []
        """What was not taken along, and why."""

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Yield the name and the content of each file.

        :raises Failed: one that belongs in a backup cannot be read.
        """
        seen: set[Path] = set()
        named: list[Path] = []
        for path in (*self._below(), *self._given):
            if path in seen or (content := self._read(path)) is None:
                continue
            seen.add(path)
            yield self._places.name(path), content
            if path.suffix == ".json":
                named += _paths_in(content)
        for path in dict.fromkeys(named):
            if path not in seen and (found := self._pem(path)) is not None:
                seen.add(path)
                yield self._places.name(path), found

    def _below(self) -> Iterator[Path]:
        count = 0
        for folder in self._places.folders.values():
            top = folder / BELOW
            for where, folders, names in os.walk(top, onerror=_unreadable):
                folders.sort()
                for name in sorted(names):
                    # What `write_private` has not finished begins with a dot.
                    if not name.startswith("."):
                        count += 1
                        yield Path(where, name)
                if count > _MOST:
                    raise Failed(f"{top} holds more than {_MOST} files; clear it up.")

    def _read(self, path: Path) -> bytes | None:
        try:
            return read_plain(path)
        except FileNotFoundError:
            return None
        except Invalid as error:
            self.left_out.append(error.message)
            return None
        except OSError as error:
            _unreadable(error)
            return None

    def _pem(self, path: Path) -> bytes | None:
        """Return a certificate or key that settings name; None: it is none."""
        try:
            # Links are followed: tools that renew certificates lay them.
            content = read_plain(path.resolve())
        except PermissionError:
            self.left_out.append(f"{path}: this account cannot read it")
            return None
        except (Invalid, OSError):
            return None
        return content if _PEM in content else None


def read_plain(path: Path) -> bytes:
    """Return the content of a file of moderate size that is no link.

    :raises Invalid: it is something else.
    :raises OSError: it cannot be read.
    """
    try:
        flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
        descriptor = os.open(path, flags)
    except OSError:
        if path.is_symlink():
            raise Invalid(f"{path}: is a link") from None
        raise
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise Invalid(f"{path}: is no ordinary file")
        content = file.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise Invalid(f"{path}: is larger than {_LARGEST // 1024} KiB")
    return content


def _unreadable(error: OSError) -> None:
    if isinstance(error, FileNotFoundError):
        return
    raise Failed(
        f"{error.filename} cannot be read: {error.strerror}. Run this as the service"
        " account; what the backup needs must be its own."
    ) from None


def _paths_in(content: bytes) -> Iterator[Path]:
    """Yield each absolute path in the settings *content*, however deep."""
    try:
        waiting: list[Any] = [json.loads(content)]
    except ValueError:
        return
    while waiting:
        match waiting.pop():
            case dict() as found:
                waiting += found.values()
            case list() as found:
                waiting += found
            case str() as text if text.startswith("/") and _plausible(text):
                yield Path(os.path.normpath(text))


def _plausible(text: str) -> bool:
    return "\0" not in text and not text.startswith("//") and len(text) < 1000  # noqa: PLR2004 -- longer ones are no paths


def adapted(
    content: bytes, before: Mapping[str, str], places: Places, existing: bytes | None
) -> bytes:
    """Return settings of a backup as they are for the places of this installation.

    :param before: the folder that each place stood for when the backup was made.
    :param existing: the file that is there already; its keys win.
    """
    told = _object(content)
    if told is None:
        return content
    moved = {
        before[name]: str(path)
        for name, path in places.folders.items()
        if name in before and before[name] != str(path)
    }
    changed = _moved(told, lambda text: _elsewhere(text, moved))
    merged = {**changed, **(_object(existing or b"{}") or {})}
    return json.dumps(merged, indent=2, ensure_ascii=False).encode() + b"\n"


def _object(content: bytes) -> dict[str, Any] | None:
    try:
        told = json.loads(content)
    except ValueError:
        return None
    return told if isinstance(told, dict) else None


def _moved(value: Any, change: Callable[[str], str]) -> Any:
    match value:
        case dict():
            return {key: _moved(item, change) for key, item in value.items()}
        case list():
            return [_moved(item, change) for item in value]
        case str():
            return change(value)
        case _:
            return value


def _elsewhere(text: str, moved: Mapping[str, str]) -> str:
    for old, new in moved.items():
        if text == old or text.startswith(f"{old}/"):
            return new + text[len(old) :]
    return text
