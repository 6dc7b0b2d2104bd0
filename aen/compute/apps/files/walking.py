"""All that is in a folder, for an archive: past no link, and each thing as it is.

Nothing is left out in silence: what cannot be read is noted with the reason.
"""

import os
import stat
from collections.abc import Iterator

from attrs import define, field, frozen

from aen.compute.apps.files.addresses import DEEPEST, OURS, shown
from aen.compute.apps.files.listing import read_folder
from aen.compute.disk.walk import Refused, open_below, opened

ENVIRONMENTS = "envs"
"""Where a project has them: below its own folder."""
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_MOST_NOTES = 10_000


@frozen
class Item:
    """A file, folder or link on the way into an archive."""

    way: str
    """From the archive's top on."""
    about: os.stat_result
    target: str = ""
    """Of a link."""
    descriptor: int = -1
    """Of a file: open for reading until the next item is asked for."""


@define
class Walk:
    """One walk; `left` says what is not in the archive, and why."""

    environments: bool
    """Whether environments are wanted, too."""
    left: list[str] = field(factory=list)
    more_left: int = 0
    found_environments: list[str] = field(factory=list)
    """The environments that were left out."""

    def items(self, folder: int, *, top: bool) -> Iterator[Item]:
        """Give what is in *folder*.

        :param top: whether it is the project's own: its environments are there.
        """
        with opened(read_folder(folder)) as readable:
            yield from self._inside(readable, "", 0, top=top)

    def note(self, way: str, why: str) -> None:
        """Note that something is not in the archive."""
        if len(self.left) < _MOST_NOTES:
            self.left.append(f"{shown(way)}: {why}")
        else:
            self.more_left += 1

    def _inside(
        self, folder: int, way: str, depth: int, *, top: bool = False
    ) -> Iterator[Item]:
        with os.scandir(folder) as found:
            names = sorted(one.name for one in found if not one.name.startswith(OURS))
        for name in names:
            if top and name == ENVIRONMENTS and not self.environments:
                self._environments(folder)
                continue
            try:
                yield from self._one(folder, name, f"{way}{name}", depth)
            except FileNotFoundError:
                continue  # it went away
            except Refused as refused:
                self.note(f"{way}{name}", str(refused))
            except OSError as error:
                self.note(f"{way}{name}", error.strerror or "it cannot be read")

    def _one(self, folder: int, name: str, way: str, depth: int) -> Iterator[Item]:
        about = os.stat(name, dir_fd=folder, follow_symlinks=False)
        match stat.S_IFMT(about.st_mode):
            case stat.S_IFDIR if depth >= DEEPEST:
                self.note(way, f"it is deeper than {DEEPEST} folders")
            case stat.S_IFDIR:
                with opened(open_below(folder, name)) as inner:
                    yield Item(way, os.fstat(inner))
                    yield from self._inside(inner, f"{way}/", depth + 1)
            case stat.S_IFREG:
                with opened(os.open(name, _READ, dir_fd=folder)) as file:
                    about = os.fstat(file)
                    if stat.S_ISREG(about.st_mode):
                        yield Item(way, about, descriptor=file)
            case stat.S_IFLNK:
                yield Item(way, about, os.readlink(name, dir_fd=folder))
            case _:
                self.note(way, "it is no file, folder or link")

    def _environments(self, folder: int) -> None:
        try:
            with (
                opened(open_below(folder, ENVIRONMENTS)) as inner,
                os.scandir(inner) as found,
            ):
                names = [one.name for one in found if one.is_dir(follow_symlinks=False)]
        except (OSError, Refused):
            return
        self.found_environments = sorted(names)
        for name in self.found_environments:
            way = f"{ENVIRONMENTS}/{name}"
            self.note(way, "environments are left out unless they are asked for")
