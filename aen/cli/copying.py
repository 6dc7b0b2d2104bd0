"""``aen cp`` and ``aen ls``: files between here and projects, and within one."""

import os
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import frozen

from aen.cli.desk import Desk
from aen.cli.filesapp import FilesApp, Stat, open_files
from aen.cli.moving import Gauge, fetch_file, fetch_stream, send_file, send_stream
from aen.cli.places import Here, There, parse, there
from aen.cli.problems import Refused, Wrong
from aen.cli.showing import plain, size_text, table

Agree = Callable[[str], bool]
"""Asks a person whether to go on."""


@frozen
class Copy:
    """One ``aen cp``: what it works with, and how far it may go."""

    desk: Desk
    app: FilesApp
    agree: Agree
    recursive: bool = False

    def send(self, source: Here, target: There) -> None:
        """Copy from here into the project."""
        if source.is_stream:
            if not target.path:
                raise Wrong("Say under which name: owner/project:NAME.")
            gauge = Gauge(self.desk, target.name, None)
            headers = self._headers(target)
            send_stream(self.app, sys.stdin.buffer, target.path, headers, gauge)
            gauge.end()
            return
        path = Path(source.path)
        found = self.app.stat(target.path)
        into = found is not None and found.folder
        if into:
            target = target.below(path.resolve().name)
        if path.is_dir():
            self._demand_recursive(source.path)
            self._send_folder(path, target)
        elif path.is_file():
            self._send_one(path, target)
        else:
            raise Wrong(f"There is no file {source.path}.")

    def _send_folder(self, path: Path, target: There) -> None:
        self.app.json("PUT", f"{target.path}/", {"parents": 1})
        for one in sorted(path.iterdir()):
            inside = target.below(one.name)
            if one.is_symlink() or not (one.is_dir() or one.is_file()):
                self.desk.note(f"{one}: left out, it is no file or folder.")
            elif one.is_dir():
                self._send_folder(one, inside)
            else:
                self._send_one(one, inside)

    def _send_one(self, path: Path, target: There) -> None:
        gauge = Gauge(self.desk, path.name, path.stat().st_size)
        try:
            send_file(self.app, path, target.path, self._headers(target), gauge)
        finally:
            gauge.end()

    def _headers(self, target: There) -> dict[str, str]:
        """Return what makes sure that nothing is overwritten which was not meant."""
        found = self.app.stat(target.path)
        if found is None:
            return {"If-None-Match": "*"}
        if found.folder:
            raise Refused(f"{target} is a folder.")
        self._demand(str(target))
        return {"If-Match": found.etag}

    def fetch(self, source: There, target: Here) -> None:
        """Copy from the project to here."""
        found = self.app.stat(source.path)
        if found is None:
            raise Refused(f"There is no {source}.")
        if target.is_stream:
            if found.folder:
                raise Wrong(f"{source} is a folder; only a file can be printed.")
            gauge = Gauge(self.desk, source.name, found.size)
            fetch_stream(self.app, source.path, sys.stdout.buffer, gauge)
            gauge.end()
            return
        path = Path(target.path)
        if path.is_dir():
            path /= source.name or source.project.rpartition("/")[2]
        if found.folder:
            self._demand_recursive(str(source))
            self._fetch_folder(source, path)
        else:
            self._fetch_one(source, found, path)

    def _fetch_folder(self, source: There, path: Path) -> None:
        path.mkdir(exist_ok=True)
        for one in self.app.entries(source.path):
            inside = source.below(str(one["name"]))
            here = path / _safe(str(one["name"]))
            if one["kind"] == "folder":
                self._fetch_folder(inside, here)
            elif one["kind"] == "file":
                self._fetch_found(inside, here)
            else:
                self.desk.note(f"{inside}: left out, it is no file or folder.")

    def _fetch_found(self, source: There, path: Path) -> None:
        try:
            found = self.app.stat(source.path)
        except Refused as error:
            self.desk.note(f"{source}: left out: {error.message}")
            return
        if found is not None and not found.folder:
            self._fetch_one(source, found, path)

    def _fetch_one(self, source: There, found: Stat, path: Path) -> None:
        if path.exists() or path.is_symlink():
            self._demand(str(path))
        gauge = Gauge(self.desk, path.name, found.size)
        try:
            fetch_file(self.app, source.path, found, path, gauge)
        except OSError as error:
            raise Refused(f"{path}: {error.strerror}.") from None
        finally:
            gauge.end()

    def duplicate(self, source: There, target: There) -> None:
        """Have the project itself copy from one of its places to another."""
        found = self.app.stat(source.path)
        if found is not None and found.folder:
            self._demand_recursive(str(source))
        within(self.app, "copy", source, target, self.agree)

    def _demand(self, what: str) -> None:
        if not self.agree(what):
            raise Refused(f"{what} is there already; --force overwrites it.")

    def _demand_recursive(self, what: str) -> None:
        if not self.recursive:
            raise Wrong(f"{what} is a folder; copy it with -r.")


def within(
    app: FilesApp, verb: str, source: There, target: There, agree: Agree
) -> None:
    """Have the project itself ``move`` or ``copy`` something; into what is a folder.

    :raises Refused: something is there, and nobody agreed; or the app says no.
    """
    found = app.stat(target.path)
    if found is not None and found.folder:
        target = target.below(source.name)
        found = app.stat(target.path)
    query: dict[str, object] = {verb: target.path}
    if found is not None:
        if not agree(str(target)):
            raise Refused(f"{target} is there already; --force replaces it.")
        query["replace"] = 1
    app.json("POST", source.path, query)


def _safe(name: str) -> str:
    """Return a name that the project has given as one of a file in a folder here."""
    if name in ("", ".", "..") or "/" in name or "\0" in name or os.sep in name:
        raise Refused("The project has a name that no file here can have.")
    return name


def agreement(asked: Namespace, desk: Desk) -> Agree:
    """Return how it is found out whether something may be overwritten."""

    def agree(what: str) -> bool:
        if asked.force:
            return True
        if not (sys.stdin.isatty() and desk.err.isatty()):
            return False
        desk.err.write(f"Overwrite {what}? [y/N] ")
        desk.err.flush()
        return sys.stdin.readline().strip().lower() in ("y", "yes")

    return agree


def copy(desk: Desk, asked: Namespace) -> None:
    """Copy a file or a folder between here and a project."""
    source, target = parse(asked.source), parse(asked.target)
    agree = agreement(asked, desk)
    match source, target:
        case Here(), There():
            with open_files(desk, target.project) as app:
                Copy(desk, app, agree, asked.recursive).send(source, target)
        case There(), Here():
            with open_files(desk, source.project) as app:
                Copy(desk, app, agree, asked.recursive).fetch(source, target)
        case There(), There() if source.project == target.project:
            with open_files(desk, source.project) as app:
                Copy(desk, app, agree, asked.recursive).duplicate(source, target)
        case There(), There():
            raise Wrong(
                f"{source} and {target} are in two projects: copy it here first."
            )
        case _:
            raise Wrong("One of both must be in a project: owner/project:path.")


def listing(desk: Desk, asked: Namespace) -> None:
    """Show what is in a folder of a project, or what is known of a file."""
    place = there(asked.place)
    with open_files(desk, place.project) as app:
        items = list(_listed(app, place))
    rows = [
        (one["mode"], size_text(one["size"]) if one["kind"] == "file" else "",
         one["modified"], _shown(one["name"], one["kind"], one.get("target", "")))
        for one in items
    ]  # fmt: skip
    desk.tell(items, table(("MODE", "SIZE", "CHANGED", "NAME"), rows))


def _listed(app: FilesApp, place: There) -> Iterator[Mapping[str, Any]]:
    found = app.stat(place.path)
    if found is None:
        raise Refused(f"There is no {place}.")
    if found.folder:
        yield from app.entries(place.path)
        return
    for one in app.entries(place.path.rpartition("/")[0]):
        if one["name"] == place.name:
            yield one


def _shown(name: str, kind: str, target: str) -> str:
    ends = {"folder": "/", "link": f" -> {target}"}
    return plain(name + ends.get(kind, ""))
