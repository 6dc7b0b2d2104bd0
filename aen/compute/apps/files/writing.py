"""Files on their way to the disk: whole in one step, or not at all.

What comes is written beside its place under a name of ours. Once it is all there and
on the disk, one rename puts it in its place. What breaks off is removed; an upload
that is named stays, and can be gone on with.
"""

import fcntl
import os
import stat
import time
from contextlib import suppress

from attrs import define, field, frozen

from aen.compute.apps.files.addresses import OURS
from aen.compute.apps.files.conditions import Conditions
from aen.compute.apps.files.folders import (
    alone_in,
    has_default,
    make_executable,
    mode_in,
    take_over,
)
from aen.compute.apps.files.inside import Found
from aen.compute.apps.files.listing import read_folder
from aen.compute.apps.files.refusals import Refusal, full
from aen.compute.disk.walk import opened
from aen.compute.serving.files import version_of
from aen.compute.serving.ranges import Version

UPLOAD = f"{OURS}upload-"
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_AGAIN = os.O_WRONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_LOOKED_AT = 10_000


@frozen
class Wanted:
    """What is to be written, and when."""

    token: str
    """In the name under which it is kept until it is whole."""
    conditions: Conditions = Conditions()
    size: int | None = None
    """Bytes that come now, if that is known."""
    start: int = 0
    total: int | None = None
    """Bytes of the whole file, if that is known."""
    kept: bool = False
    """Whether it may be gone on with when it breaks off."""
    executable: bool = False


def etag_of(found: Found, what: str) -> bytes | None:
    """Return the tag of a file; None: there is nothing.

    :raises Refusal: it is no file.
    """
    about = found.about
    if about is None:
        return None
    if not stat.S_ISREG(about.st_mode):
        raise Refusal(409, f"{what} is there, and is no file.")
    return version_of(about).etag


@define
class Writing:
    """One file that is being written. Whoever began it finishes or abandons it."""

    _folder: int
    _name: str
    _way: str
    _wanted: Wanted
    _file: int
    _size: int
    _closed: bool = field(default=False, init=False)

    @property
    def size(self) -> int:
        """Bytes that are there."""
        return self._size

    @property
    def ours(self) -> str:
        """The name under which it is kept."""
        return UPLOAD + self._wanted.token

    def write(self, data: bytes) -> None:
        """Take the next bytes.

        :raises OSError: as the system says; a full disk, say.
        """
        view = memoryview(data)
        while view:
            done = os.write(self._file, view)
            self._size += done
            view = view[done:]

    def finish(self) -> tuple[Version, bool]:
        """Put it in its place; return what it is now, and whether it is new there.

        :raises Refusal: what is there has changed; it stays as it is.
        :raises OSError: as the system says.
        """
        if self._wanted.total not in (None, self._size):
            raise Refusal(409, f"{self._way}: {self._size} bytes came, not as many as"
                          " were announced.")  # fmt: skip
        os.fsync(self._file)
        with alone_in(self._folder) as folder:
            old = self._now(folder)
            try:
                self._demand(old)
                self._rights(old)
                self._replace(folder, old)
            finally:
                if old is not None:
                    os.close(old)
            os.fsync(folder)
        version = version_of(os.fstat(self._file))
        self._close()
        return version, old is None

    def _now(self, folder: int) -> int | None:
        """Return a descriptor of what is in its place now, for its path alone."""
        flags = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            return os.open(self._name, flags, dir_fd=folder)
        except FileNotFoundError:
            return None

    def _demand(self, old: int | None) -> None:
        found = Found(self._folder, self._name, self._way, old)
        self._wanted.conditions.demand(etag_of(found, self._way), self._way)
        if old is not None:
            demand_writable(old, self._way)

    def _rights(self, old: int | None) -> None:
        if old is not None:
            take_over(old, self._file)
        if self._wanted.executable:
            make_executable(self._file)

    def _replace(self, folder: int, old: int | None) -> None:
        if old is None and self._wanted.conditions.new:
            # The kernel sees to it that nothing of that name comes between.
            os.link(self.ours, self._name, src_dir_fd=folder, dst_dir_fd=folder,
                    follow_symlinks=False)  # fmt: skip
            os.unlink(self.ours, dir_fd=folder)
        else:
            os.rename(self.ours, self._name, src_dir_fd=folder, dst_dir_fd=folder)

    def leave(self) -> None:
        """Let it be, to be gone on with."""
        self._close()

    def abandon(self) -> None:
        """Leave nothing of it."""
        if not self._closed:
            with suppress(FileNotFoundError):
                os.unlink(self.ours, dir_fd=self._folder)
            self._close()

    def _close(self) -> None:
        if not self._closed:
            self._closed = True
            os.close(self._file)
            os.close(self._folder)


def demand_writable(descriptor: int, what: str) -> None:
    """Raise `Refusal` unless we may write to a file: a folder's rights are not enough.

    Who may change a folder may replace what is in it; a file whose rights were taken
    from somebody by hand shall not be changed by them that way.
    """
    path = f"/proc/self/fd/{descriptor}"
    if not os.access(path, os.W_OK, effective_ids=True):
        raise Refusal(403, f"You may not change {what}: its rights do not let you.")


def begin(found: Found, wanted: Wanted, stale: float) -> Writing:
    """Return a file that is written to where *found* is.

    :raises Refusal: it cannot be written there, or not now.
    :raises OSError: as the system says.
    """
    if not found.name:
        raise Refusal(409, "The folder of the project is no file.")
    wanted.conditions.demand(etag_of(found, found.way), found.way)
    if found.descriptor is not None:
        demand_writable(found.descriptor, found.way)
    folder = read_folder(found.folder)
    try:
        _demand_room(folder, wanted.size, found.way)
        if wanted.kept and not wanted.start:
            sweep(folder, stale)
        file, size = _open(folder, wanted)
    except BaseException:
        os.close(folder)
        raise
    return Writing(folder, found.name, found.way, wanted, file, size)


def _demand_room(folder: int, size: int | None, what: str) -> None:
    room = os.fstatvfs(folder)
    if size is not None and size > room.f_bavail * room.f_frsize:
        raise full(what)


def _open(folder: int, wanted: Wanted) -> tuple[int, int]:
    name = UPLOAD + wanted.token
    if wanted.kept:
        known = open_kept(folder, wanted.token)
        if known is not None:
            return _go_on(known, wanted)
    if wanted.start:
        raise Refusal(409, "Nothing of this upload is here; begin anew.", offset=0)
    file = os.open(name, _NEW, 0o666, dir_fd=folder)
    try:
        if not has_default(folder):
            os.fchmod(file, mode_in(folder))
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BaseException:
        os.unlink(name, dir_fd=folder)
        os.close(file)
        raise
    return file, 0


def open_kept(folder: int, token: str) -> int | None:
    """Return a descriptor of an upload that broke off; None: there is none of ours."""
    try:
        file = os.open(UPLOAD + token, _AGAIN, dir_fd=folder)
    except OSError:
        return None
    about = os.fstat(file)
    alone = stat.S_ISREG(about.st_mode) and about.st_nlink == 1
    if alone and about.st_uid == os.geteuid():
        return file
    os.close(file)
    return None


def _go_on(file: int, wanted: Wanted) -> tuple[int, int]:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        size = os.lseek(file, 0, os.SEEK_END)
        _demand_start(size, wanted.start)
    except BlockingIOError:
        os.close(file)
        raise Refusal(409, "This upload is being written to already.") from None
    except BaseException:
        os.close(file)
        raise
    return file, size


def _demand_start(size: int, start: int) -> None:
    if size != start:
        text = f"{size} bytes of this upload are here; go on behind them."
        raise Refusal(409, text, offset=size)


def kept_size(found: Found, token: str) -> int:
    """Return how many bytes of an upload are there.

    :raises Refusal: there is none.
    """
    with opened(read_folder(found.folder)) as folder:
        file = open_kept(folder, token)
    if file is None:
        raise Refusal(404, "There is no such upload.")
    with opened(file):
        return os.fstat(file).st_size


def forget_kept(found: Found, token: str) -> None:
    """Remove what is there of an upload.

    :raises Refusal: there is none.
    """
    kept_size(found, token)
    os.unlink(UPLOAD + token, dir_fd=found.folder)


def sweep(folder: int, stale: float) -> None:
    """Remove what we left of uploads that broke off long ago."""
    old = time.time() - stale  # noqa: TID251 -- files' own clock
    with os.scandir(folder) as found:
        for _, one in zip(range(_LOOKED_AT), found, strict=False):
            if not one.name.startswith(UPLOAD):
                continue
            with suppress(OSError):
                about = one.stat(follow_symlinks=False)
                if about.st_uid == os.geteuid() and about.st_mtime < old:
                    os.unlink(one.name, dir_fd=folder)
