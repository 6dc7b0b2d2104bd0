"""The embedded store seen from a process that uses it.

Web processes, the worker and `aen-server-admin` share one store. Whoever finds none
serving the directory starts one; all find it by its files (see `places`). It lives in
a session of its own: the death of the process that started it is nothing to it. When
it dies the others see that its lock is free, and one of them starts it again. When
the last client's lease is gone it ends.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import frozen
from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.error import ProcessDone
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator
from twisted.internet.protocol import ProcessProtocol
from twisted.internet.ssl import (
    Certificate,
    PrivateCertificate,
    TLSVersion,
    optionsForClientTLS,
)
from twisted.logger import Logger
from twisted.python.failure import Failure

import aen
from aen.model.errors import Invalid
from aen.runtime.credentials import read_secret
from aen.runtime.tasks import Periodic, start
from aen.server.store.keys import STORE_NAME, KeyFiles
from aen.server.store.mongo import MongoDatabase
from aen.server.store.places import Address, FileLock, StorePlaces, is_held

PROGRAM = "aen.server.store.embedded_child"
_KEPT = (
    *("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH"),
    "AEN_INSTALLATION",  # by which `make run` knows its processes
)
"""Of our environment the store gets these; the rest may hold secrets."""


@frozen
class EmbeddedLimits:
    """Times in seconds, sizes in bytes."""

    look: float = 0.1
    """Between looks whether the store serves."""
    linger: float = 2.0
    """The store ends when it had no client for this long."""
    first_pause: float = 0.2
    """Before a store that ended is started again; doubled each time it ends."""
    longest_pause: float = 5.0
    steady: float = 10.0
    """A store that served for this long is started again without a long pause."""
    log_size: int = 1_000_000
    """A larger log is put aside when the store starts; one old log is kept."""


class EmbeddedStore(Service):
    """Keeps *database* connected to the store of *directory* while it runs."""

    def __init__(
        self,
        directory: Path,
        database: MongoDatabase,
        reactor: Any,
        limits: EmbeddedLimits | None = None,
    ) -> None:
        self._log = Logger()
        self._places = StorePlaces(directory)
        self._database = database
        self._reactor = reactor
        self._limits = limits or EmbeddedLimits()
        self._lease: FileLock | None = None
        self._leased = False
        self._trouble = ""
        self._known: Address | None = None
        self._starts = Starts(reactor, self._places, self._limits)
        self._looks = Periodic(
            reactor, self._limits.look, "looking after the embedded store", self._look
        )

    def startService(self) -> None:
        """Begin to look after the store.

        :raises Invalid: its directory cannot be used.
        """
        self._places.prepare()
        self._lease = FileLock(self._places.lease)
        super().startService()
        self._looks.start()

    def stopService(self) -> Deferred[None]:
        """Close the database and give the lease back."""
        super().stopService()
        return start(self._stop())

    async def _stop(self) -> None:
        await self._looks.stop()
        await self._database.close()
        if self._lease is not None:
            self._lease.close()
            self._lease, self._leased = None, False

    async def _look(self) -> None:
        try:
            self._look_after()
        except OSError as error:
            if str(error) != self._trouble:  # once, and not ten times a second
                self._trouble = str(error)
                self._log.error("the embedded store: {error}", error=self._trouble)
        else:
            self._trouble = ""

    def _look_after(self) -> None:
        if self._lease is None:
            return
        # A store that is about to end holds the lease; another is started after it.
        self._leased = self._leased or self._lease.take(shared=True)
        if not self._leased:
            return
        if is_held(self._places.lock):
            self._starts.serving()
            self._find()
        else:
            self._starts.missing()

    def _find(self) -> None:
        """Connect to the store when it is another than the one we know."""
        address = self._places.read_address()
        if address is None or address == self._known:
            return
        try:
            tls = client_tls(self._places.keys)
        except Invalid:
            return  # it is still making its certificates; we look again soon
        self._known = address
        self._database.connect(f"mongodb://127.0.0.1:{address.port}/", tls)


class Starts:
    """Starts the store when it is missing, with growing pauses."""

    def __init__(
        self, reactor: Any, places: StorePlaces, limits: EmbeddedLimits
    ) -> None:
        self._log = Logger()
        self._reactor = reactor
        self._places = places
        self._limits = limits
        self._child: StoreProcess | None = None
        self._pause = limits.first_pause
        self._not_before = 0.0
        self._serving_since: float | None = None

    def serving(self) -> None:
        """The store serves."""
        now = self._reactor.seconds()
        if self._serving_since is None:
            self._serving_since = now
        elif now - self._serving_since > self._limits.steady:
            self._pause = self._limits.first_pause

    def missing(self) -> None:
        """Nobody serves: start the store, unless it was just tried."""
        now = self._reactor.seconds()
        self._serving_since = None
        if now < self._not_before or (self._child and self._child.running):
            return
        self._not_before = now + self._pause
        self._pause = min(self._pause * 2, self._limits.longest_pause)
        self._child = self._start()

    def _start(self) -> "StoreProcess":
        child = StoreProcess(self._places.log)
        arguments = [
            *(sys.executable, "-P", "-m", PROGRAM),
            *(str(self._places.directory), str(self._limits.linger)),
        ]
        log = open_log(self._places.log, self._limits.log_size)
        nothing = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
        try:
            self._reactor.spawnProcess(
                child,
                sys.executable,
                arguments,
                env=child_environment(os.environ),
                path=str(self._places.directory),
                childFDs={0: nothing, 1: log, 2: log},
            )
        finally:
            os.close(log)
            os.close(nothing)
        return child


class StoreProcess(ProcessProtocol):
    """A store we started; others may be using it."""

    def __init__(self, log_path: Path) -> None:
        self._log = Logger()
        self._log_path = log_path
        self.running = True

    def processEnded(self, reason: Failure) -> None:
        """Say so when it did not end by itself."""
        self.running = False
        if not reason.check(ProcessDone):
            self._log.warn(
                "the embedded store ended: {reason}; see {log}",
                reason=reason.getErrorMessage(),
                log=str(self._log_path),
            )


def client_tls(keys: KeyFiles) -> IOpenSSLClientConnectionCreator:
    """Return TLS that shows our key and trusts the store's alone.

    :raises Invalid: the certificates are not there.
    """
    authority = Certificate.loadPEM(read_secret(keys.authority))
    own = PrivateCertificate.loadPEM(read_secret(keys.client))
    return optionsForClientTLS(
        STORE_NAME,
        trustRoot=authority,
        clientCertificate=own,
        extraCertificateOptions={"raiseMinimumTo": TLSVersion.TLSv1_3},
    )


def child_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what the store gets of *environment*, and where it finds this package."""
    kept = {name: environment[name] for name in _KEPT if name in environment}
    here = str(Path(aen.__file__).resolve().parents[1])
    given = environment.get("PYTHONPATH", "").split(os.pathsep)
    places = [here, *(str(Path(each).resolve()) for each in given if each)]
    return kept | {"PYTHONPATH": os.pathsep.join(dict.fromkeys(places))}


def open_log(path: Path, size: int) -> int:
    """Return a descriptor of the log at *path*, put aside when larger than *size*."""
    if path.exists() and path.stat().st_size > size:
        path.replace(path.with_name(f"{path.name}.1"))
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
    return os.open(path, flags, 0o600)
