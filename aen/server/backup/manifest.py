"""What a backup says of itself: what is in it, and the digest of each part."""

import json
import re
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import field, frozen

from aen.model.errors import Invalid
from aen.runtime.structure import structure, unstructure
from aen.server.backup.sealing import ALTERED

T = TypeVar("T")
FORMAT = 1
FIRST, LAST = "aen-backup.json", "manifest.json"
"""The first and the last member of the archive."""

_NUMBERS = re.compile(r"\d+")


@frozen
class About:
    """The first member: enough to know whether the rest can be read."""

    format: int
    version: str
    """The version of AEN that made it; empty: a checkout."""
    made: float
    """When its making began, in seconds since the epoch."""


@frozen
class Part:
    """One collection of the store, or one file."""

    name: str
    """``store/<collection>`` or ``files/<place>/<path>``."""
    bytes: int
    sha256: str
    records: int = 0
    """How many records a collection has; 0 for a file."""


@frozen
class Manifest:
    """The last member: without it a backup is not whole."""

    about: About
    ended: float
    """When the last record was read, in seconds since the epoch."""
    site: str
    """The server's address for browsers."""
    places: Mapping[str, str]
    """Where files were: the folder that each place stood for."""
    parts: tuple[Part, ...]
    under_way: Mapping[str, int] = field(factory=dict)
    """Tasks that waited or were being done, by kind."""
    left_out: tuple[str, ...] = ()
    """What was not taken along, and why."""

    @property
    def records(self) -> int:
        """How many records of the store are in it."""
        return sum(one.records for one in self.parts)

    @property
    def files(self) -> int:
        """How many files are in it."""
        return sum(one.name.startswith("files/") for one in self.parts)


def written(one: About | Manifest) -> bytes:
    """Return it as the content of a member."""
    made = json.dumps(unstructure(one), indent=1, ensure_ascii=False)
    return made.encode() + b"\n"


def read_about(data: bytes, ours: str) -> About:
    """Return what the first member says, where this version can restore it.

    :param ours: our own version; empty: a checkout, which is told from nothing.
    :raises Invalid: it cannot, or the member is not one of ours.
    """
    told = _object(data)
    if isinstance(told.get("format"), int) and told["format"] > FORMAT:
        version = str(told.get("version"))[:40] or "another version"
        raise Invalid(
            f"This backup was made by a newer AEN ({version}) in a form this one"
            " cannot read. Install that version, or a later one, and restore it there."
        )
    about = _structured(told, About)
    if _newer(about.version, ours):
        raise Invalid(
            f"This backup was made by AEN {about.version}; this is {ours}, which is"
            " older. Install that version, or a later one, and restore it there."
        )
    return about


def read_manifest(data: bytes) -> Manifest:
    """Return what the last member says, or raise `Invalid`."""
    return _structured(_object(data), Manifest)


def _object(data: bytes) -> dict[str, Any]:
    try:
        told = json.loads(data)
    except ValueError:
        raise Invalid(ALTERED) from None
    if not isinstance(told, dict):
        raise Invalid(ALTERED)
    return told


def _structured(told: dict[str, Any], kind: type[T]) -> T:
    try:
        return structure(told, kind)
    except Invalid:
        raise Invalid(ALTERED) from None


def _newer(theirs: str, ours: str) -> bool:
    """Whether *theirs* is a later version than *ours*; unknown ones are not."""
    if not theirs or not ours:
        return False
    return _numbers(theirs) > _numbers(ours)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(one) for one in _NUMBERS.findall(version)[:3])
