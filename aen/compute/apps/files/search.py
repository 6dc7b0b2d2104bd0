"""Names and lines looked for below a folder, for as long as it is worth.

Folders are gone into by descriptor, never through a link; only plain files are read.
"""

import os
import stat
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from attrs import define, field, frozen

from aen.compute.apps.files.addresses import DEEPEST, OURS, href, shown
from aen.compute.apps.files.limits import Limits
from aen.compute.apps.files.matching import lines_with, name_matcher
from aen.compute.apps.files.walking import ENVIRONMENTS
from aen.compute.disk.walk import Refused, open_below, opened

_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


@frozen
class Wanted:
    """What is looked for, and where not."""

    text: str
    content: bool = False
    """Whether in lines of files, not in names."""
    hidden: bool = False
    """Whether also in what begins with a dot."""
    environments: bool = False
    """Whether also in the project's environments."""


@frozen
class Hit:
    """Something that was found."""

    names: tuple[str, ...]
    """From the project's folder on."""
    kind: str
    line: int = 0
    text: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return it as programs are told."""
        slash = "/" if self.kind == "folder" else ""
        said: dict[str, Any] = {
            "path": shown("/".join(self.names)),
            "href": "/".join(map(href, self.names)) + slash,
            "kind": self.kind,
        }
        return said | ({"line": self.line, "text": self.text} if self.line else {})


@define
class Search:
    """One search; it ends early when it has found, seen or taken enough."""

    wanted: Wanted
    limits: Limits
    clock: Callable[[], float]
    gone: Callable[[], bool]
    """Whether nobody waits for it any more."""
    hits: list[Hit] = field(factory=list, init=False)
    visited: int = field(default=0, init=False)
    complete: bool = field(default=True, init=False)
    _matches: Callable[[str], bool] = field(init=False)
    _end: float = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Prepare what is asked of each name."""
        self._matches = name_matcher(self.wanted.text)
        self._end = self.clock() + self.limits.search_seconds

    def run(self, folder: int, names: tuple[str, ...]) -> None:
        """Look in *folder*, a descriptor that can be listed, and below.

        :param names: its own, from the project's folder on.
        """
        self._folder(folder, names, 0)
        self._is_over()

    def to_json(self) -> dict[str, Any]:
        """Return what was found as programs are told."""
        items = [one.to_json() for one in self.hits]
        return {"items": items, "visited": self.visited, "complete": self.complete}

    def _folder(self, folder: int, names: tuple[str, ...], depth: int) -> None:
        folders: list[str] = []
        for name, kind in self._entries(folder, names):
            if self._is_over():
                return
            self.visited += 1
            if kind == "folder":
                folders.append(name)
            self._look(folder, (*names, name), kind)
        for name in folders:
            if depth >= DEEPEST or self._is_over():
                self.complete = False
                return
            self._below(folder, (*names, name), depth)

    def _below(self, folder: int, names: tuple[str, ...], depth: int) -> None:
        try:
            inner = open_below(folder, names[-1])
        except (OSError, Refused):
            return  # not for us, or gone meanwhile
        with opened(inner):
            self._folder(inner, names, depth + 1)

    def _entries(
        self, folder: int, above: tuple[str, ...]
    ) -> Iterator[tuple[str, str]]:
        left = self.limits.search_visited - self.visited
        try:
            with os.scandir(folder) as found:
                entries = [(one.name, _kind(one)) for one in islice(found, left + 1)]
        except OSError:
            return
        self.complete = self.complete and len(entries) <= left
        for name, kind in sorted(entries):
            if not self._is_left_out(name, above):
                yield name, kind

    def _is_left_out(self, name: str, above: tuple[str, ...]) -> bool:
        if name.startswith(OURS) or (name.startswith(".") and not self.wanted.hidden):
            return True
        return name == ENVIRONMENTS and not above and not self.wanted.environments

    def _is_over(self) -> bool:
        limits = self.limits
        over = (
            len(self.hits) >= limits.search_hits
            or self.visited >= limits.search_visited
            or self.clock() > self._end
            or self.gone()
        )
        self.complete = self.complete and not over
        return over

    def _look(self, folder: int, names: tuple[str, ...], kind: str) -> None:
        if not self.wanted.content:
            if self._matches(names[-1]):
                self.hits.append(Hit(names, kind))
        elif kind == "file":
            most = self.limits.search_hits - len(self.hits)
            content = self._read(folder, names[-1])
            for line, text in lines_with(self.wanted.text, content, most):
                self.hits.append(Hit(names, kind, line, shown(text)))

    def _read(self, folder: int, name: str) -> bytes:
        """Return what is in a file; nothing where it cannot be read, or is large."""
        try:
            with opened(os.open(name, _READ, dir_fd=folder)) as file:
                about = os.fstat(file)
                if not stat.S_ISREG(about.st_mode):
                    return b""
                content = os.read(file, self.limits.search_file + 1)
        except OSError:
            return b""
        return content if len(content) <= self.limits.search_file else b""


def _kind(one: "os.DirEntry[str]") -> str:
    if one.is_symlink():
        return "link"
    if one.is_dir(follow_symlinks=False):
        return "folder"
    return "file" if one.is_file(follow_symlinks=False) else "other"
