"""``aen archive`` and ``aen import``: a project, or a folder of it, as one file."""

import json
import sys
from argparse import Namespace
from pathlib import Path

from aen.cli.client import project_path
from aen.cli.copying import agreement
from aen.cli.desk import Desk
from aen.cli.filesapp import FilesApp, open_files
from aen.cli.moving import Gauge, blocks, read_block
from aen.cli.objects import Project, made
from aen.cli.places import STREAM, There, there
from aen.cli.problems import Refused, Wrong
from aen.cli.showing import size_text

_NOTHING = 404
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


def put_in(desk: Desk, asked: Namespace) -> None:
    """Make a project from an archive, or put one into a folder of a project."""
    path = Path(asked.file)
    if not path.is_file():
        raise Wrong(f"There is no file {path}.")
    place, new = _target(desk, asked.place)
    size = path.stat().st_size
    gauge = Gauge(desk, path.name, size)
    query: dict[str, object] = {"import": 1, "unwrap": 1}
    if asked.force or new:  # what a new project begins with makes room
        query["replace"] = 1
    headers = {"Content-Length": str(size), "Accept": "application/json"}
    with open_files(desk, place.project) as app, path.open("rb") as file:
        below = f"{place.path}/" if place.path else ""
        # A project that has just been made may still be starting: that is waited for
        # by a question that can be asked again.
        app.stat(place.path or "public")
        answer = app.ask("POST", below, blocks(file, gauge), headers, query)
        done = json.loads(app.read(answer))
    gauge.end()
    desk.tell(done, f"{place}: {done['entries']} entries, {size_text(done['bytes'])}")


def _target(desk: Desk, text: str) -> tuple[There, bool]:
    """Return where an archive goes, and whether the project is made now.

    A name alone is that of a new project of one's own.
    """
    if "/" not in text:
        return There(_new(desk, {"name": text}), ""), True
    place = there(text)
    try:
        desk.client.ask("GET", project_path(place.project))
    except Refused as error:
        if error.answered != _NOTHING:
            raise
        owner, _, name = place.project.partition("/")
        return There(_new(desk, {"name": name, "owner": owner}), place.path), True
    return place, False


def _new(desk: Desk, body: dict[str, str]) -> str:
    """Make a project; return its path."""
    return made(Project, desk.client.ask("POST", "/projects", body)).path


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
