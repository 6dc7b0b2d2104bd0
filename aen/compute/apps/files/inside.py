"""Ways inside of a project: by descriptor, past no link that leads out of it.

Others change these folders while we look. Each part of a way is opened in the folder
before it, never through a link; a link is read and its parts are walked like those of
an address, so that none of them can lead anywhere else. Everything here may wait for
a disk and belongs in a thread.
"""

import errno
import os
import stat
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from attrs import define, field, frozen

from aen.compute.apps.files.addresses import OURS, shown
from aen.compute.apps.files.refusals import Refusal, of_system
from aen.compute.disk.walk import opened

_PATH = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC
_MOST_LINKS = 40  # as the kernel has it: path_resolution(7)


@frozen
class Found:
    """Something in a folder, or that it is not there.

    The descriptors are closed when the block ends that was given this.
    """

    folder: int
    """A descriptor of the folder it is in; of the project itself for the top."""
    name: str
    """Its name there, links resolved; empty: the project's own folder."""
    way: str
    """For people: from the project's folder on."""
    descriptor: int | None = None
    """It, for its path alone; None: there is nothing of that name."""
    names: tuple[str, ...] = ()
    """From the project's folder on, links resolved."""
    above: tuple[int, ...] = ()
    """Descriptors of the folders above it, the project's first."""

    @property
    def about(self) -> os.stat_result | None:
        """What is known of it now; None: nothing is there."""
        return None if self.descriptor is None else os.fstat(self.descriptor)

    @property
    def is_folder(self) -> bool:
        """Whether it is there and a folder."""
        about = self.about
        return about is not None and stat.S_ISDIR(about.st_mode)

    def there(self) -> tuple[int, os.stat_result]:
        """Return a descriptor and what is known of it.

        :raises Refusal: there is nothing.
        """
        about = self.about
        if self.descriptor is None or about is None:
            raise Refusal(404, f"There is no {self.way}.")
        return self.descriptor, about

    def open(self, flags: int) -> int:
        """Return a descriptor for more than the path, of the very same thing.

        :raises Refusal: there is nothing.
        :raises OSError: its rights do not let us.
        """
        descriptor, _ = self.there()
        return os.open(f"/proc/self/fd/{descriptor}", flags | os.O_CLOEXEC)


@define
class _Walk:
    """One way through folders."""

    stack: list[int]
    """Descriptors of the folders above where we are, the project's first."""
    waiting: deque[str]
    follow: bool
    links: int = 0
    names: list[str] = field(factory=list)

    def run(self) -> tuple[str, int | None]:
        """Return the last name and what is there; the folder it is in is on top.

        :raises Refusal: a link leads out.
        :raises OSError: as the system says.
        """
        while self.waiting:
            name = self.waiting.popleft()
            if name in ("", "."):
                continue
            if name == "..":
                self._up()
                continue
            if name.startswith(OURS):
                raise Refusal(404, f"There is no {shown(name)}.")
            last = not self.waiting
            try:
                here = os.open(name, _PATH, dir_fd=self.stack[-1])
            except FileNotFoundError:
                if last:
                    return name, None
                raise
            if self._is_link(here, last=last):
                continue
            if last:
                return name, here
            self.names.append(name)
            self.stack.append(here)  # opening in what is no folder fails by itself
        return "", None

    def _up(self) -> None:
        if len(self.stack) == 1:
            raise _leads_out()
        os.close(self.stack.pop())
        self.names.pop()

    def _is_link(self, here: int, *, last: bool) -> bool:
        """Whether it is a link to follow; then its parts are next."""
        if not stat.S_ISLNK(os.fstat(here).st_mode) or (last and not self.follow):
            return False
        with opened(here):
            target = os.readlink("", dir_fd=here)
        self.links += 1
        if self.links > _MOST_LINKS:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        if target.startswith("/"):
            raise _leads_out()
        self.waiting.extendleft(reversed(target.split("/")))
        return True


def _leads_out() -> Refusal:
    return Refusal(403, "A link on the way leads out of the project.")


class Inside:
    """A project's folder, held by a descriptor from the start."""

    def __init__(self, project: Path) -> None:
        flags = os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC
        self.top = os.open(project, flags)

    def close(self) -> None:
        """Let it go."""
        os.close(self.top)

    @contextmanager
    def find(self, names: tuple[str, ...], *, follow: bool = True) -> Iterator[Found]:
        """Give what is called *names*; with *follow* a link at the end is followed.

        :raises Refusal: a link leads out, or the folder is not there.
        """
        walk = _Walk([os.dup(self.top)], deque(names), follow)
        last: int | None = None
        try:
            name, last = self._run(walk, names)
            yield self._found(walk, name, last)
        finally:
            for one in (*walk.stack, *(() if last is None else (last,))):
                os.close(one)

    def _run(self, walk: _Walk, names: tuple[str, ...]) -> tuple[str, int | None]:
        try:
            name, last = walk.run()
        except OSError as error:
            raise of_system(error, shown("/".join(names))) from None
        if not name and len(walk.stack) > 1:
            # A link to a folder that we have walked into already.
            last, name = walk.stack.pop(), walk.names.pop()
        return name, last

    def _found(self, walk: _Walk, name: str, last: int | None) -> Found:
        above = tuple(walk.stack)
        if not name:
            top = above[-1]
            return Found(top, "", "the folder of the project", top, (), above)
        names = (*walk.names, name)
        return Found(above[-1], name, shown("/".join(names)), last, names, above)
