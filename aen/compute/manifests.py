"""App manifests of a node: AEN's own, and the operator's on top of them.

Files are looked at again whenever they change; an operator restarts nothing.
"""

import json
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import frozen
from twisted.logger import Logger

from aen.model.apps import (
    SUBSTITUTIONS,
    AppSummary,
    Manifest,
    check_manifest,
    substitute,
)
from aen.model.errors import Invalid, NotFound
from aen.runtime.structure import structure

OWN = Path(__file__).with_name("manifests")
"""AEN's own manifests, inside the package."""
_LONGEST = 64 * 1024
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_ANYTHING = dict.fromkeys(SUBSTITUTIONS, "")

Signature = tuple[tuple[str, int, int], ...]


@frozen
class Shelf:
    """The manifests that can be used, and a sentence for each that cannot."""

    manifests: Mapping[str, Manifest]
    broken: tuple[str, ...] = ()


def parse_manifest(text: bytes, stem: str) -> Manifest:
    """Return the manifest in a file called ``<stem>.json``.

    :raises Invalid: naming the key and what is wrong with it.
    """
    if len(text) > _LONGEST:
        raise Invalid(f"is longer than {_LONGEST} bytes")
    try:
        content: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Invalid(f"not JSON: {str(error)[:200]}") from None
    manifest = structure(content, Manifest)
    if manifest.name != stem:
        raise Invalid(f"“name” is “{manifest.name[:80]}”, but the file is {stem}.json")
    check_manifest(manifest)
    _check_texts(manifest)
    return manifest


def _check_texts(manifest: Manifest) -> None:
    """Refuse what could only fail once the app is started."""
    try:
        ready = substitute(manifest.ready, _ANYTHING)
    except Invalid as error:
        raise Invalid(f"“ready”: {error.message}") from None
    if not manifest.ready.startswith(("/", "%(urlPrefix)s")) or not _is_target(ready):
        raise Invalid("“ready” must be a path that begins with “/” or %(urlPrefix)s.")
    for name, value in manifest.environment.items():
        if not _VARIABLE.fullmatch(name):
            raise Invalid(f"“environment”: “{name[:80]}” is no name of a variable.")
        if "\0" in value:
            raise Invalid(f"“environment”: {name} holds a NUL character.")
    if any("\0" in part for part in manifest.command_list):
        raise Invalid("“command_list” holds a NUL character.")


def _is_target(text: str) -> bool:
    return all("!" <= letter <= "~" for letter in text)


def read_file(path: Path) -> Manifest:
    """Return the manifest at *path*, or raise `Invalid` naming the file."""
    try:
        text, mode = path.read_bytes(), path.stat().st_mode
    except OSError as error:
        raise Invalid(f"{path}: cannot be read: {error.strerror}") from None
    if mode & stat.S_IWOTH:
        raise Invalid(f"{path}: anybody may change it; run chmod o-w {path}")
    try:
        return parse_manifest(text, path.stem)
    except Invalid as error:
        raise Invalid(f"{path}: {error.message}") from None


def read_shelf(*directories: Path) -> Shelf:
    """Return the manifests of *directories*; later ones win by name."""
    found: dict[str, Manifest] = {}
    broken: list[str] = []
    for directory in directories:
        for path in sorted(directory.glob("*.json")):
            try:
                found[path.stem] = read_file(path)
            except Invalid as error:
                # the operator meant to replace it: AEN's own is not what they want
                found.pop(path.stem, None)
                broken.append(f"App manifest refused: {error.message}")
    return Shelf(
        {name: one for name, one in found.items() if one.enabled}, tuple(broken)
    )


def sign_directories(*directories: Path) -> Signature:
    """Return what changes when a file of *directories* does."""
    found = []
    for directory in directories:
        for path in sorted(directory.glob("*.json")):
            try:
                about = path.stat()
            except OSError:
                continue
            found.append((str(path), about.st_mtime_ns, about.st_size))
    return tuple(found)


class Manifests:
    """The manifests of this node as they are now."""

    _log = Logger()

    def __init__(self, operators: Path, own: Path = OWN) -> None:
        self._directories = (own, operators)
        self._signature: Signature | None = None
        self._shelf = Shelf({})

    def shelf(self) -> Shelf:
        """Return all manifests, read again when a file has changed."""
        signature = sign_directories(*self._directories)
        if signature != self._signature:
            self._signature = signature
            self._shelf = read_shelf(*self._directories)
            for sentence in self._shelf.broken:
                self._log.error("{sentence}", sentence=sentence)
        return self._shelf

    def find(self, app: str) -> Manifest:
        """Return the manifest called *app*, or raise `NotFound`."""
        try:
            return self.shelf().manifests[app]
        except KeyError:
            raise NotFound(f"This node has no app “{app[:63]}”.") from None

    def summaries(self) -> tuple[AppSummary, ...]:
        """Return what pages show of each app."""
        return tuple(
            AppSummary(
                one.app,
                one.title,
                one.icon,
                one.permission,
                one.instance,
                one.scopes,
                one.hidden,
            )
            for one in self.shelf().manifests.values()
        )


def describe(manifest: Manifest, prefix: str) -> dict[str, Any]:
    """Return the parts of a manifest that a launch keeps.

    :param prefix: what the app's addresses begin with, as browsers have them.
    """
    return {
        "app": manifest.name,
        "title": manifest.title,
        "instance": manifest.instance.value,
        "permission": manifest.permission.value,
        "strip_prefix": manifest.strip_prefix,
        "polling": tuple(_below(prefix, path) for path in manifest.polling),
    }


def _below(prefix: str, path: str) -> str:
    return prefix + path.removeprefix("%(urlPrefix)s")
