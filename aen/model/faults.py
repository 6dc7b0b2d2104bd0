"""Errors of our own, as administrators see them: grouped, and without secrets."""

import hashlib
import re

from attrs import frozen

_QUERY = re.compile(r"\?[^\s'\"<>)\]]+")
_LONG = re.compile(r"[A-Za-z0-9_\-+/=.]{24,}")
_WORDY = re.compile(r"[a-z_./-]+", re.IGNORECASE)
_ACCOUNT = re.compile(r"://[^/@\s]+@")
LONGEST_MESSAGE, MOST_FRAMES = 500, 40


@frozen
class Frame:
    """One step of a traceback; no values, only where in the code."""

    file: str
    line: int
    function: str


@frozen
class Fault:
    """One kind of error: all that happened in the same place in the same way."""

    id: str
    kind: str
    """The name of the exception's class."""
    message: str
    """What it said the last time, without what could be a secret."""
    doing: str
    """What was being done."""
    frames: tuple[Frame, ...]
    process: str
    count: int
    first: float
    last: float
    read: bool


def fingerprint(kind: str, frames: tuple[Frame, ...]) -> str:
    """Return what is the same for errors of one kind; lines may move a little."""
    places = [f"{one.file}:{one.function}" for one in frames]
    text = "\n".join((kind, *places))
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:20]


def harmless(text: str) -> str:
    """Return *text* bounded, and without query strings, passwords and tokens."""
    text = _ACCOUNT.sub("://…@", _QUERY.sub("?…", text[: 4 * LONGEST_MESSAGE]))
    return _LONG.sub(_shortened, text)[:LONGEST_MESSAGE]


def _shortened(found: re.Match[str]) -> str:
    """Leave paths and words; what looks like chance is taken out."""
    text = found[0]
    return text if _WORDY.fullmatch(text) and "/" in text else "…"
