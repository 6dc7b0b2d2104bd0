"""The files by which an embedded store and its clients find each other.

==================  ==========================================================
``lock``            held (exclusively) by the one store that serves the directory
``lease``           held (shared) by each client; nobody there: the store ends
``address.json``    where the store listens; taken away when another one begins
``keys/``           certificates, see `keys`
``records.sqlite``  what is stored
``store.log``       what the store has to say, and ``store.log.1`` before that
==================  ==========================================================
"""

import fcntl
import json
import os
from pathlib import Path

from attrs import frozen

from aen.model.errors import Invalid
from aen.runtime.credentials import read_secret, write_private
from aen.server.store.keys import KeyFiles


@frozen
class Address:
    """Where a store listens: a port of 127.0.0.1. Each start has another *run*."""

    port: int
    run: str
    pid: int


@frozen
class StorePlaces:
    """The files below an embedded store's directory."""

    directory: Path

    @property
    def lock(self) -> Path:
        """Held by the store."""
        return self.directory / "lock"

    @property
    def lease(self) -> Path:
        """Held by each client."""
        return self.directory / "lease"

    @property
    def records(self) -> Path:
        """The SQLite file."""
        return self.directory / "records.sqlite"

    @property
    def log(self) -> Path:
        """The store's output."""
        return self.directory / "store.log"

    @property
    def keys(self) -> KeyFiles:
        """The certificates."""
        return KeyFiles(self.directory / "keys")

    def prepare(self) -> None:
        """Make the directory, for us alone.

        :raises Invalid: it cannot be made, or belongs to another account.
        """
        try:
            self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            about = self.directory.stat()
            if about.st_uid != os.geteuid():
                raise Invalid(
                    f"{self.directory}: belongs to another account; run this as the "
                    "service account of the server"
                )
            self.directory.chmod(0o700)
        except OSError as error:
            raise Invalid(f"{self.directory}: {error.strerror}") from None

    def read_address(self) -> Address | None:
        """Return where the store listens, or None when it never did."""
        try:
            told = json.loads(read_secret(self.directory / "address.json"))
            return Address(int(told["port"]), str(told["run"]), int(told["pid"]))
        except (Invalid, ValueError, KeyError, TypeError):
            return None

    def take_address(self) -> Address | None:
        """Return where the last store listened, and let no client read it any more."""
        known = self.read_address()
        (self.directory / "address.json").unlink(missing_ok=True)
        return known

    def write_address(self, address: Address) -> None:
        """Tell clients where the store listens."""
        told = {"port": address.port, "run": address.run, "pid": address.pid}
        write_private(self.directory / "address.json", json.dumps(told).encode())


class FileLock:
    """A lock on a file, let go by the system when the process ends, however it does."""

    def __init__(self, path: Path) -> None:
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        self._descriptor = os.open(path, flags, 0o600)

    def take(self, *, shared: bool = False) -> bool:
        """Take the lock, or change how it is held; return whether that worked."""
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(self._descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def let_go(self) -> None:
        """Let go of the lock and keep the file open."""
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        """Let go of the lock and the file."""
        os.close(self._descriptor)


def is_held(path: Path) -> bool:
    """Return whether somebody holds the lock on *path* exclusively."""
    lock = FileLock(path)
    try:
        return not lock.take(shared=True)
    finally:
        lock.close()
