"""Public folders: what gateway and node must say alike. Pure."""

from typing import Final

PURPOSE: Final = "public"
"""The purpose of tickets for what is in public folders of a node."""

FOLDER: Final = b"public"
"""The last segment of a public folder's address."""

HEADERS: Final = (
    (b"content-type", b"text/plain; charset=utf-8"),
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-cache"),
)
NOTHING_THERE: Final = b"There is nothing public at this address.\n"
"""One text for no project, no folder, no file and no right: who asks learns nothing."""
READ_ONLY: Final = b"Public folders can only be read.\n"
NOT_NOW: Final = b"This public folder cannot be reached now; try again in a moment.\n"
BUSY: Final = b"Too many people read public folders right now; try again in a moment.\n"
