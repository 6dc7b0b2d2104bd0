"""The page that shows a directory of a public folder. Pure but for the template."""

import unicodedata
from pathlib import Path
from urllib.parse import quote_from_bytes

from attrs import frozen

from aen.compute.public_files import Entry, PublicDirectory
from aen.runtime.templates import templates_in
from aen.wire.public import FOLDER

_TEMPLATES = Path(__file__).parent / "templates"
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Categories of characters that are not seen, or change how others are."""
_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")
_STEP = 1024


@frozen
class Row:
    """One line of the page."""

    name: str
    href: str
    size: str


def readable(name: bytes) -> str:
    """Return *name* as it can be shown: nothing in it moves or hides anything."""
    text = name.decode("utf-8", "replace")
    return "".join(
        "\N{REPLACEMENT CHARACTER}" if unicodedata.category(one) in _UNSEEN else one
        for one in text
    )


def size_text(size: int) -> str:
    """Return *size* bytes for people."""
    value, unit = float(size), 0
    while value >= _STEP and unit < len(_UNITS) - 1:
        value, unit = value / _STEP, unit + 1
    return f"{value:.0f} {_UNITS[unit]}" if unit == 0 else f"{value:.1f} {_UNITS[unit]}"


def row_of(entry: Entry) -> Row:
    """Return the line of *entry*; its link leads below this page, whatever its name."""
    slash = "/" if entry.directory else ""
    href = "./" + quote_from_bytes(entry.name, safe="") + slash
    size = "" if entry.directory else size_text(entry.size)
    return Row(readable(entry.name) + slash, href, size)


class Listing:
    """Renders directories."""

    def __init__(self) -> None:
        self._template = templates_in(_TEMPLATES).get_template("public.html")

    def render(self, found: PublicDirectory, names: tuple[bytes, ...]) -> bytes:
        """Return the page; *names*: owner, project and the way below the folder."""
        text = self._template.render(
            title=_title(names),
            up=len(names) > 2,  # noqa: PLR2004 -- owner and project are the top
            rows=[row_of(one) for one in found.entries],
            more=found.more,
        )
        return text.encode()


def _title(names: tuple[bytes, ...]) -> str:
    owner, project, *below = names
    return "/".join(readable(name) for name in (owner, project, FOLDER, *below))
