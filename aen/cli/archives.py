"""``aen archive``: a project, or a folder of it, as one file."""

import sys
from argparse import Namespace
from pathlib import Path

from aen.cli.copying import agreement
from aen.cli.desk import Desk
from aen.cli.filesapp import FilesApp, open_files
from aen.cli.moving import Gauge, read_block
from aen.cli.places import STREAM, There, there
from aen.cli.problems import Refused, Wrong

_KINDS = {".tar.gz": "tar.gz", ".tgz": "tar.gz", ".tar": "tar", ".zip": "zip"}


def kind_of(name: str) -> str:
    """Return which kind of archive a file called *name* is.

    :raises Wrong: its name does not say so.
    """
    if name == STREAM:
        return "tar.gz"
    for end, kind in _KINDS.items():
        if name.lower().endswith(end):
            return kind
    raise Wrong(f"“{name}” must end in one of: {', '.join(_KINDS)}.")


def archive(desk: Desk, asked: Namespace) -> None:
    """Download a project or a folder of it as an archive."""
    place, kind = there(asked.place), kind_of(asked.file)
    query: dict[str, object] = {"archive": kind}
    if asked.environments:
        query["environments"] = 1
    path = Path(asked.file)
    if asked.file != STREAM and path.exists() and not agreement(asked, desk)(str(path)):
        raise Refused(f"{path} is there already; --force overwrites it.")
    with open_files(desk, place.project) as app:
        if asked.file == STREAM:
            _write(app, place, query, sys.stdout.buffer.fileno(), desk)
        else:
            _keep(app, place, query, path, desk)


def _keep(
    app: FilesApp, place: There, query: dict[str, object], path: Path, desk: Desk
) -> None:
    """Write it to a file, whole or not at all."""
    part = path.with_name(f".{path.name}.aen-part")
    try:
        with part.open("wb") as file:
            _write(app, place, query, file.fileno(), desk)
        part.replace(path)
    except OSError as error:
        raise Refused(f"{path}: {error.strerror}.") from None
    finally:
        part.unlink(missing_ok=True)


def _write(
    app: FilesApp, place: There, query: dict[str, object], target: int, desk: Desk
) -> None:
    gauge = Gauge(desk, "archive", None)
    response = app.ask("GET", f"{place.path}/" if place.path else "", query=query)
    with open(target, "wb", closefd=False) as file:
        while block := read_block(app, response):
            file.write(block)
            gauge.add(len(block))
    gauge.end()
