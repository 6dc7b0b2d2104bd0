"""What an address on the gateway means. Pure."""

from attrs import frozen

from aen.model.errors import AenError
from aen.model.names import (
    AppName,
    ProjectPath,
    parse_app_name,
    parse_project_path,
)
from aen.wire.public import FOLDER

OWN = b"/_aen/"
"""What is below this is the gateway's own."""


@frozen
class AppAddress:
    """An app of a project: ``/<owner>/<project>/<app>``; *slash*: more follows."""

    path: ProjectPath
    app: AppName
    slash: bool

    @property
    def prefix(self) -> str:
        """The address without a slash at its end."""
        return f"/{self.path}/{self.app}"


def parse_address(target: bytes) -> AppAddress | None:
    """Return the app *target* is in, or None where it can be in none.

    Names hold no character that is escaped in an address, so a segment with a
    percent sign is no name and nothing is decoded here.
    """
    segments = target.partition(b"?")[0].split(b"/", 4)
    if len(segments) < 4 or segments[0]:  # noqa: PLR2004 -- "", owner, project, app
        return None
    try:
        owner, project, app = (part.decode("ascii") for part in segments[1:4])
        path = parse_project_path(owner, project)
        return AppAddress(path, parse_app_name(app), slash=len(segments) > 4)  # noqa: PLR2004
    except (UnicodeDecodeError, AenError):
        return None


@frozen
class PublicAddress:
    """A public folder, ``/<owner>/<project>/public``; *slash*: something below it."""

    path: ProjectPath
    slash: bool

    @property
    def prefix(self) -> bytes:
        """The folder's address without a slash at its end."""
        return f"/{self.path}/".encode() + FOLDER


def parse_public(target: bytes) -> PublicAddress | None:
    """Return the public folder *target* is in, or None where it is in none."""
    segments = target.partition(b"?")[0].split(b"/", 4)
    if len(segments) < 4 or segments[0] or segments[3] != FOLDER:  # noqa: PLR2004
        return None
    try:
        owner, project = (part.decode("ascii") for part in segments[1:3])
        path = parse_project_path(owner, project)
    except (UnicodeDecodeError, AenError):
        return None
    return PublicAddress(path, slash=len(segments) > 4)  # noqa: PLR2004


def same_site(target: str) -> str:
    """Return *target* if it is a path on this gateway, else ``/``.

    Where a browser goes after signing in came from a request target, but is kept
    by the browser meanwhile: it is checked again before it is used.
    """
    plain = target.isascii() and target.isprintable() and "\\" not in target
    if plain and target.startswith("/") and not target.startswith("//"):
        return target
    return "/"
