"""A project's trash: a folder in it in which nothing is lost yet, for some weeks.

Each thing has a folder of its own there, beside a note of where it was. Who may delete
something may throw it away, and whoever may work in the folder that it was in may have
it back; nobody else sees it. What is in the trash was put there by people who may work
in the project, in whatever way they liked: ids are checked, links never followed.
"""

import heapq
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import islice

from attrs import frozen

from aen.compute.apps.files.access import passing, passing_mode
from aen.compute.apps.files.accounts import Whose, name_of
from aen.compute.apps.files.changing import exists, make, take
from aen.compute.apps.files.conditions import Conditions
from aen.compute.apps.files.folders import alone_in, make_folder
from aen.compute.apps.files.inside import Found, Inside
from aen.compute.apps.files.listing import entry_of, read_folder
from aen.compute.apps.files.refusals import Refusal
from aen.compute.apps.files.rights import held
from aen.compute.apps.files.trash_items import (
    Item,
    Note,
    check_id,
    is_id,
    new_id,
    read_note,
    time_of,
    write_note,
)
from aen.compute.disk.acl import ACCESS, encode
from aen.compute.disk.passing import has_lists
from aen.compute.disk.remove import TRASH, remove_tree, sweep
from aen.compute.disk.walk import Refused, open_below, opened

NAME = TRASH
_CONTENT = "content"
_NOTE = "note.json"
_GOING = "going-"
_LONGEST = 256 * 1024
_HOUR = 3600.0
_AT_ONCE = 20
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_NOT_OURS = (OSError, Refused, Refusal)


@frozen
class Emptied:
    """How much went for good, and how much could not."""

    removed: int
    kept: int


@frozen
class Trash:
    """The trash of one project, as one account sees it."""

    inside: Inside
    whose: Whose
    age: float
    """After how many seconds something goes for good."""
    looked_at: int
    """Names that are looked at for a page of the list."""

    def put(self, found: Found, conditions: Conditions, now: float) -> str:
        """Throw away what was found; return the id by which it comes back.

        :raises Refusal: there is nothing, or not what was expected.
        :raises OSError: it is not ours to take away.
        """
        found.there()
        if not found.name:
            raise Refusal(
                409, "The folder of the project itself cannot be removed here."
            )
        item = new_id(now, secrets.token_hex(8))
        with self._opened(make=True) as trash:
            os.mkdir(item, 0o700, dir_fd=trash)
            try:
                with opened(open_below(trash, item)) as place:
                    self._prepare(place, found)
                    with alone_in(found.folder) as folder:
                        take(folder, found, conditions, place, _CONTENT)
            except BaseException:
                remove_tree(trash, item)
                raise
        return item

    def _prepare(self, place: int, found: Found) -> None:
        """Open *place* to those who got at the thing where it was, and note where."""
        way = [held(one) for one in found.above[1:] or found.above]
        if has_lists(place):
            os.setxattr(place, ACCESS, encode(passing(way, os.geteuid())))
        else:
            os.fchmod(place, passing_mode(way, os.fstat(place).st_gid))
        note = write_note(Note(found.names, self.whose.user))
        with opened(os.open(_NOTE, _NEW, 0o640, dir_fd=place)) as file:
            os.write(file, note)
            os.fsync(file)

    @contextmanager
    def _opened(self, *, make: bool = False) -> Iterator[int]:
        """Give a descriptor of the trash's folder.

        :raises FileNotFoundError: there is none, and none is to be made.
        """
        with opened(read_folder(self.inside.top)) as top:
            with suppress(FileExistsError):
                if make:
                    make_folder(top, NAME)
                    _shut(top)
            with opened(open_below(top, NAME)) as trash:
                yield trash

    def page(self, before: str, limit: int, now: float) -> tuple[list[Item], str]:
        """Return what is there, the latest first, and behind what more follows.

        What may not be seen by who asks is left out.
        """
        try:
            with self._opened() as trash:
                names = heapq.nlargest(limit + 1, self._names(trash, before, now))
                found = [self._item(trash, one, now) for one in names[:limit]]
        except FileNotFoundError:
            return [], ""
        more = names[limit - 1] if len(names) > limit else ""
        return [one for one in found if one is not None], more

    def _names(self, trash: int, before: str, now: float) -> Iterator[str]:
        with os.scandir(trash) as entries:
            for one in islice(entries, self.looked_at):
                fits = is_id(one.name) and (not before or one.name < before)
                if fits and time_of(one.name) >= now - self.age:
                    yield one.name

    def _item(self, trash: int, item: str, now: float) -> Item | None:
        try:
            with opened(open_below(trash, item)) as place:
                note, by = _noted(place)
                entry = entry_of(place, _CONTENT)
        except (OSError, Refused):
            return None
        if entry is None:
            return None
        at = min(time_of(item), now)
        return Item(item, note, by or note.by, entry.kind, entry.size, at)

    def restore(self, item: str, to: tuple[str, ...]) -> str:
        """Put something back; return where it is now.

        :param to: where to; empty: where it was.
        :raises Refusal: it is not there, or something else is where it belongs.
        :raises OSError: its rights, or those of the place, do not let us.
        """
        with self._held(item) as (trash, place):
            names = to or _noted(place)[0].names
            if not names:
                raise Refusal(409, "Nobody can tell where this was; say where to.")
            if len(names) > 1:
                make(self.inside, names[:-1], parents=True, new=False)
            with self.inside.find(names, follow=False) as new:
                with alone_in(new.folder) as folder:
                    if not new.name or exists(folder, new.name):
                        raise Refusal(409, f"{new.way} is there already.")
                    os.rename(_CONTENT, new.name, src_dir_fd=place, dst_dir_fd=folder)
                way = new.way
            with suppress(OSError):
                remove_tree(trash, item)
        return way

    @contextmanager
    def _held(self, item: str) -> Iterator[tuple[int, int]]:
        """Give the trash and a thing's folder in it; nobody else has it meanwhile."""
        with (
            self._opened() as trash,
            opened(_place(trash, check_id(item))) as place,
            alone_in(place),
        ):
            _demand_there(trash, item, place)
            yield trash, place

    def remove(self, item: str) -> None:
        """Remove something for good.

        :raises Refusal: it is not there.
        :raises OSError: something in it is not ours to remove; that is still there.
        """
        going = _GOING + item
        with self._held(item) as (trash, place):
            os.rename(item, going, src_dir_fd=trash, dst_dir_fd=trash)
            try:
                remove_tree(place, _CONTENT)
            except OSError:
                os.rename(going, item, src_dir_fd=trash, dst_dir_fd=trash)
                raise
            remove_tree(trash, going)

    def empty(self) -> Emptied:
        """Remove all that is ours to remove."""
        return self._remove_all(self._ids())

    def expire(self, now: float) -> None:
        """Remove some of what has been there for too long."""
        old = (one for one in self._ids() if time_of(one) < now - self.age)
        self._remove_all(heapq.nsmallest(_AT_ONCE, old))
        with suppress(OSError, Refused), self._opened() as trash:
            sweep(trash, _GOING, _HOUR)

    def _ids(self) -> list[str]:
        try:
            with self._opened() as trash, os.scandir(trash) as found:
                return [one.name for one in found if is_id(one.name)]
        except FileNotFoundError:
            return []

    def _remove_all(self, items: list[str]) -> Emptied:
        removed = kept = 0
        for one in items:
            try:
                self.remove(one)
            except _NOT_OURS:
                kept += 1
            else:
                removed += 1
        return Emptied(removed, kept)


def _place(trash: int, item: str) -> int:
    try:
        return open_below(trash, item)
    except (FileNotFoundError, Refused):
        raise _no_such() from None


def _shut(top: int) -> None:
    """Keep those who are in no team out of a trash that was just made."""
    with opened(open_below(top, NAME)) as trash:
        mode = stat.S_IMODE(os.fstat(trash).st_mode)
        if mode & 0o007:
            os.fchmod(trash, mode & ~0o007)


def _noted(place: int) -> tuple[Note, str]:
    """Return what is noted of a thing, and which account wrote it if not ours."""
    with opened(os.open(_NOTE, _READ, dir_fd=place)) as file:
        about = os.fstat(file)
        if not stat.S_ISREG(about.st_mode):
            return Note(), ""
        by = "" if about.st_uid == os.geteuid() else name_of(about.st_uid)
        return read_note(os.read(file, _LONGEST)), by


def _demand_there(trash: int, item: str, place: int) -> None:
    """Raise `Refusal` unless *item* is still *place*: others may have been faster."""
    try:
        now = os.stat(item, dir_fd=trash, follow_symlinks=False)
    except FileNotFoundError:
        raise _no_such() from None
    if not os.path.samestat(now, os.fstat(place)):
        raise _no_such()


def _no_such() -> Refusal:
    return Refusal(404, "There is no such thing in the trash.")
