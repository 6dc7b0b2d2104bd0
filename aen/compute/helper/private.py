"""The private directory of a launch: for its user and the service, and nobody else.

It is root's own and sticky: the user can neither open it to others nor move what is
not theirs. Others may write, but not enter: so, where fs.protected_symlinks is on
(proc(5)), the kernel follows no link there for the service but the service's own; the
service itself follows none anyhow (`aen.runtime.connecting`). The ACL lets both in, and
names the service for whatever the user makes there: files whatever the umask, sockets
if their mode lets the group in, which is then the ACL's mask.
"""

import errno
import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass

from aen.compute.disk import acl
from aen.compute.disk.remove import remove_tree
from aen.compute.disk.walk import Refused, make_below, open_below, opened
from aen.compute.helper.processes import Root, boot_id
from aen.compute.helper.trust import open_trusted

_MODE = 0o1772
_RECORDS = ".launches"
_GONE = ".gone"
_PASSABLE = 0o711


@dataclass(frozen=True)
class Record:
    """What the helper itself remembers of a launch; only root reads it."""

    user: str
    uid: int
    gid: int
    project: str
    boot: str
    pid: int = 0
    started: int = 0

    @property
    def root(self) -> Root | None:
        """The supervisor, if it can still be running."""
        here = self.pid and self.boot == boot_id()
        return Root(self.pid, self.started) if here else None


def access_list(users: list[int], others: int) -> bytes:
    """Return an ACL by which *users* may do everything and *others* what is given."""
    named = tuple((uid, acl.ALL) for uid in sorted(set(users)))
    return acl.encode(acl.Acl(acl.ALL, 0, others, named, mask=acl.ALL))


class Runtime:
    """All launches of one installation, below one directory."""

    def __init__(self, path: str) -> None:
        """Open it, made if need be.

        :raises Refused: it is not root's alone.
        """
        self.path = path
        self._top = open_trusted(path, make=_PASSABLE)
        for name in (_RECORDS, _GONE):
            os.close(make_below(self._top, name, 0o700))

    def close(self) -> None:
        """Let go of it."""
        os.close(self._top)

    def has_lists(self) -> bool:
        """Whether the file system has ACLs, without which no launch can be made."""
        try:
            os.getxattr(self._top, acl.DEFAULT)
        except OSError as error:
            return error.errno != errno.EOPNOTSUPP
        return True

    def clear(self) -> None:
        """Remove the whole directory, once no launch is left in it."""
        for name in (_RECORDS, _GONE):
            remove_tree(self._top, name)
        with suppress(OSError):
            os.rmdir(self.path)

    def make(self, launch: str, uid: int, service: int) -> int:
        """Make a launch's directory; return a descriptor of it.

        :raises Refused: there is one, or the file system has no ACLs.
        """
        try:
            os.mkdir(launch, 0o700, dir_fd=self._top)
        except FileExistsError:
            raise Refused("There is a launch of that id already.") from None
        directory = open_below(self._top, launch)
        try:
            os.setxattr(directory, acl.ACCESS, access_list([uid, service], acl.WRITE))
            os.setxattr(directory, acl.DEFAULT, access_list([service], 0))
            os.fchmod(directory, _MODE)
        except OSError as error:
            os.close(directory)
            os.rmdir(launch, dir_fd=self._top)
            if error.errno == errno.EOPNOTSUPP:
                raise Refused(
                    f"The file system of {self.path} has no ACLs; set “runtime” in"
                    " the helper's settings to a directory below /run."
                ) from None
            raise
        return directory

    def open(self, launch: str) -> int:
        """Return a descriptor of a launch's directory.

        :raises Refused: there is none.
        """
        try:
            return open_below(self._top, launch)
        except FileNotFoundError:
            raise Refused("There is no such launch.") from None

    def write(self, launch: str, record: Record) -> None:
        """Remember a launch, whole or not at all."""
        content = json.dumps(asdict(record)).encode()
        with opened(open_below(self._top, _RECORDS)) as records:
            beside = f"{launch}.{os.getpid()}"
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
            file = os.open(beside, flags | os.O_CLOEXEC, 0o600, dir_fd=records)
            with opened(file):
                os.write(file, content)
            os.rename(beside, launch, src_dir_fd=records, dst_dir_fd=records)

    def read(self, launch: str) -> Record:
        """Return what is remembered of a launch.

        :raises Refused: nothing is.
        """
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            with (
                opened(open_below(self._top, _RECORDS)) as records,
                opened(os.open(launch, flags, dir_fd=records)) as file,
            ):
                return Record(**json.loads(os.read(file, 4096)))
        except (FileNotFoundError, ValueError, TypeError):
            raise Refused("There is no such launch.") from None

    def launches(self) -> list[str]:
        """Return the ids of all launches that are remembered, or left a directory.

        A helper that was killed may have made that and remembered nothing yet.
        """
        with opened(open_below(self._top, _RECORDS)) as records:
            found = {*os.listdir(records), *os.listdir(self._top)}
        return sorted(one for one in found if "." not in one)

    def forget(self, launch: str) -> None:
        """Remove a launch's directory and what is remembered of it."""
        with opened(open_below(self._top, _GONE)) as gone:
            # out of the user's reach first: nothing in it changes while it goes
            with suppress(FileNotFoundError):
                os.rename(launch, launch, src_dir_fd=self._top, dst_dir_fd=gone)
            remove_tree(gone, launch)
        with (
            opened(open_below(self._top, _RECORDS)) as records,
            suppress(FileNotFoundError),
        ):
            os.unlink(launch, dir_fd=records)
