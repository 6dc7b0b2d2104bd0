"""Where what is rendered points to: nothing of another site is ever loaded. Pure."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from attrs import define, field, frozen

REMOTE: Final = "Pictures of other sites are not loaded."
_DATA: Final = re.compile(
    r"data:(?:image/(?:png|jpeg|gif|webp|avif|bmp|svg\+xml)"
    r"|audio/[a-z0-9.+-]{1,30}|video/[a-z0-9.+-]{1,30})"
    r"(?:;[a-z0-9=.+-]{1,40}){0,3},",
    re.ASCII | re.IGNORECASE,
)
_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*:", re.ASCII | re.IGNORECASE)


@frozen
class Place:
    """Where the file that is rendered lies."""

    raw: str
    """Address below which the project's files are sent as they are; ends in a slash."""
    folder: str = ""
    """The file's folder, from the project's on, as addresses have it."""
    query: str = ""
    """What addresses of other files get: ``?bare=1`` in a window of somebody else."""


@define
class Links:
    """Changes what a file points to; *notes* says what was left out."""

    place: Place
    attachments: Mapping[str, str] = field(factory=dict)
    """What a cell brings along, by name: addresses that hold the data."""
    notes: set[str] = field(factory=set)

    def filtered(self, tag: str, attribute: str, value: str) -> str | None:
        """Return what becomes of an attribute; None: nothing."""
        if attribute == "src":
            return self.source(value)
        if attribute == "href":
            return self.target(value)
        return value

    def target(self, address: str) -> str | None:
        """Return where a link leads: other files are shown by us, too."""
        address = address.strip()
        scheme = _SCHEME.match(address)
        if scheme is not None:
            known = scheme[0].lower() in ("http:", "https:", "mailto:")
            return address if known else None
        if address.startswith(("#", "/")) or not self.place.query:
            return address
        path, _, fragment = address.partition("#")
        path = path.partition("?")[0]
        return path + self.place.query + (f"#{fragment}" if fragment else "")

    def source(self, address: str) -> str | None:
        """Return from where a picture or a sound is loaded; None: it is not.

        What is not in the page itself is a file of the project: an address of our own
        site that is not, or one of another, would be asked with the reader's rights.
        """
        address = address.strip()
        if _DATA.match(address):
            return address
        if address.lower().startswith("attachment:"):
            return self.attachments.get(unquote(address.partition(":")[2]))
        if _SCHEME.match(address) or address.startswith("//"):
            self.notes.add(REMOTE)
            return None
        return self._file(address)

    def _file(self, address: str) -> str | None:
        try:
            path = _unquoted(urlsplit(address).path)
        except ValueError:
            return None
        names: list[str] = []
        for name in (*_unquoted(self.place.folder).split("/"), *path.split("/")):
            if name == ".." and names:
                names.pop()
            elif name == "..":
                return None
            elif name not in ("", "."):
                names.append(name)
        if address.startswith("/") or not path or not names:
            return None
        return self.place.raw + "/".join(
            quote(name, safe="", errors="surrogateescape") for name in names
        )


def _unquoted(address: str) -> str:
    return unquote(address, errors="surrogateescape")
