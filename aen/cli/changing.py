"""``aen mv``, ``aen rm`` and ``aen trash``: files where they are, in a project."""

from argparse import Namespace
from itertools import groupby
from operator import attrgetter
from typing import Any

from aen.cli.copying import agreement, within
from aen.cli.desk import Desk
from aen.cli.filesapp import FilesApp, open_files
from aen.cli.places import There, there
from aen.cli.problems import Wrong
from aen.cli.showing import plain, table

TRASH = ".aen-app/trash"
"""The address of a project's trash, below that of its files."""


def move(desk: Desk, asked: Namespace) -> None:
    """Give something another place or name in its project."""
    source, target = there(asked.source), there(asked.target)
    if source.project != target.project:
        raise Wrong(f"{source} and {target} are in two projects: copy it, by “aen cp”.")
    with open_files(desk, source.project) as app:
        _demand_part(source)
        within(app, "move", source, target, agreement(asked, desk))


def remove(desk: Desk, asked: Namespace) -> None:
    """Put files into their project's trash, or delete them for good."""
    places = [there(one) for one in asked.places]
    for one in places:
        _demand_part(one)
    for project, found in groupby(places, attrgetter("project")):
        with open_files(desk, project) as app:
            for one in found:
                _remove(app, one, recursive=asked.recursive, for_good=asked.for_good)


def _remove(app: FilesApp, place: There, *, recursive: bool, for_good: bool) -> None:
    found = app.stat(place.path)
    if found is not None and found.folder and not recursive:
        raise Wrong(f"{place} is a folder; remove it with -r.")
    query = {"recursive": 1} if for_good else {"trash": 1}
    # What is nothing may be a link that leads nowhere: the app knows.
    app.json("DELETE", place.path, query)


def _demand_part(place: There) -> None:
    if not place.path:
        raise Wrong(
            f"{place} is all of the project; name what is in it. “aen projects delete”"
            " deletes a project."
        )


def trash(desk: Desk, asked: Namespace) -> None:
    """Show what is in a project's trash."""
    with open_files(desk, asked.project) as app:
        items = list(app.entries(TRASH))
    rows = [(one["id"], one["at"], one["by"], plain(one["path"])) for one in items]
    desk.tell(items, table(("ID", "SINCE", "BY", "WAS"), rows))


def restore(desk: Desk, asked: Namespace) -> None:
    """Take something out of the trash, to where it was or elsewhere."""
    query = {"to": there(f"{asked.project}:{asked.to}").path} if asked.to else {}
    with open_files(desk, asked.project) as app:
        content: Any = app.json("POST", f"{TRASH}/{asked.item}", query)
    desk.tell(content, f"{asked.project}:{plain(content['path'])}")


def empty(desk: Desk, asked: Namespace) -> None:
    """Delete for good what is in the trash."""
    if not asked.yes:
        raise Wrong("What is in the trash is deleted for good. Say it with --yes.")
    with open_files(desk, asked.project) as app:
        content: Any = app.json("DELETE", TRASH)
    kept = f", {content['kept']} kept: they are others'" if content["kept"] else ""
    desk.tell(content, f"{content['removed']} removed{kept}")
