"""The text frames between a viewer and the app; docs/terminal.md explains them."""

import json
from typing import ClassVar

from attrs import field, frozen

from aen.model.errors import Invalid
from aen.runtime.structure import structure, unstructure

LONGEST = 4096
"""Bytes of a message from a viewer."""
MOST_COLUMNS = 1000
MOST_ROWS = 500
LONGEST_TITLE = 80


@frozen
class Size:
    """A terminal's size in characters."""

    columns: int
    rows: int


@frozen
class Attach:
    """Show terminal *terminal*, a new one when None, from *received* on if given."""

    type: ClassVar[str] = "attach"
    columns: int
    rows: int
    terminal: str | None = None
    received: int | None = None
    focused: bool = False
    visible: bool = True


@frozen
class View:
    """The viewer's size, whether it has the keyboard and can be seen."""

    type: ClassVar[str] = "view"
    columns: int
    rows: int
    focused: bool
    visible: bool


@frozen
class Ack:
    """Everything before offset *received* is on the screen."""

    type: ClassVar[str] = "ack"
    received: int


@frozen
class Restart:
    """Start a new shell in place of the one that ended."""

    type: ClassVar[str] = "restart"


@frozen
class Close:
    """Hang up the shell and forget the terminal."""

    type: ClassVar[str] = "close"


@frozen
class Title:
    """Call the terminal *title*."""

    type: ClassVar[str] = "title"
    title: str


Asked = Attach | View | Ack | Restart | Close | Title


@frozen
class Attached:
    """Output follows from *offset*; what is before *live* happened earlier.

    With *reset* the viewer clears its screen and reads *modes* first.
    """

    type: ClassVar[str] = "attached"
    terminal: str
    offset: int
    live: int
    reset: bool
    modes: str


@frozen
class Skipped:
    """The viewer fell behind: output goes on at *offset* on a cleared screen."""

    type: ClassVar[str] = "skipped"
    offset: int
    live: int
    modes: str


@frozen
class Resized:
    """The terminal's size now; *yours* when it follows this viewer's."""

    type: ClassVar[str] = "size"
    columns: int
    rows: int
    yours: bool


@frozen
class Taken:
    """The shell has taken *input* bytes from this viewer, of all it sent."""

    type: ClassVar[str] = "taken"
    input: int


@frozen
class Ended:
    """The shell ended with exit code *code*, or by *signal*."""

    type: ClassVar[str] = "ended"
    code: int | None
    signal: int | None


@frozen
class Started:
    """A new shell runs in the terminal."""

    type: ClassVar[str] = "started"


@frozen
class Summary:
    """A terminal in the list of all."""

    terminal: str
    title: str
    ended: bool


@frozen
class Terminals:
    """All terminals, oldest first."""

    type: ClassVar[str] = "terminals"
    terminals: tuple[Summary, ...] = field(factory=tuple)


@frozen
class Gone:
    """There is no such terminal (any more), for *reason*."""

    type: ClassVar[str] = "gone"
    reason: str


Told = Attached | Skipped | Resized | Taken | Ended | Started | Terminals | Gone

_ASKED: dict[str, type[Asked]] = {
    kind.type: kind for kind in (Attach, View, Ack, Restart, Close, Title)
}


def parse(text: bytes) -> Asked:
    """Return the message in a text frame from a viewer.

    :raises Invalid: it is none, or its values make no sense.
    """
    if len(text) > LONGEST:
        raise Invalid(f"A message may have {LONGEST} bytes.")
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise Invalid("The message is not JSON.") from None
    kind = content.pop("type", None) if isinstance(content, dict) else None
    if not isinstance(kind, str) or kind not in _ASKED:
        raise Invalid(f"“type” must be one of: {', '.join(_ASKED)}.")
    message: Asked = structure(content, _ASKED[kind])
    _check(message)
    return message


def _check(message: Asked) -> None:
    match message:
        case Attach() | View():
            if not 1 < message.columns <= MOST_COLUMNS:
                raise Invalid(f"“columns” must be from 2 to {MOST_COLUMNS}.")
            if not 0 < message.rows <= MOST_ROWS:
                raise Invalid(f"“rows” must be from 1 to {MOST_ROWS}.")
        case Title(title):
            if not 0 < len(title) <= LONGEST_TITLE or not title.isprintable():
                raise Invalid(f"A title has 1 to {LONGEST_TITLE} printable characters.")
        case _:
            pass


def render(message: Told) -> bytes:
    """Return the text frame for a message to a viewer."""
    return json.dumps({"type": message.type, **unstructure(message)}).encode()
