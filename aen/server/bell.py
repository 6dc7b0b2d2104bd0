"""A bell between the server's processes on one machine: news are there, look now.

Each process that listens has a UNIX datagram socket in one folder, which only the
service account may enter. What is sent holds nothing: the news are in the store. A ring
that is lost costs the time to the next look, and other machines have the looks alone.
"""

import hashlib
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from twisted.application.service import Service
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.error import CannotListenError
from twisted.internet.protocol import DatagramProtocol
from twisted.logger import Logger
from typing_extensions import override

from aen.runtime.machine import machine


class Bell(Service):
    """Calls *heard* when another process has rung.

    :param directory: where the sockets are; made when it is missing.
    """

    _log = Logger()

    def __init__(
        self, directory: Path, heard: Callable[[], None], reactor: Any, name: str = ""
    ) -> None:
        # A folder that machines share has sockets that are not ours to ring.
        self._ours = hashlib.sha256(machine().encode()).hexdigest()[:8]
        self._own = directory / f"{self._ours}-{name or os.getpid()}"
        self._heard = heard
        self._reactor = reactor
        self._port: Any = None
        self._hand: socket.socket | None = None

    @override
    def startService(self) -> None:
        super().startService()
        try:
            self._own.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._own.unlink(missing_ok=True)  # of a process of that number before us
            self._port = self._reactor.listenUNIXDatagram(
                str(self._own), _Ear(self._heard), mode=0o600
            )
        except (OSError, CannotListenError) as error:
            self._log.warn("no bell, news come by looks: {error}", error=str(error))
            return
        self._hand = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._hand.setblocking(False)

    @override
    def stopService(self) -> Deferred[None] | None:
        super().stopService()
        if self._hand is None:
            return None
        self._hand.close()
        self._hand = None
        self._own.unlink(missing_ok=True)
        done: Deferred[None] = maybeDeferred(self._port.stopListening)
        return done

    def ring(self) -> None:
        """Have the other processes of this machine look; never waits, never fails."""
        if self._hand is None:
            return
        for other in self._own.parent.glob(f"{self._ours}-*"):
            if other == self._own:
                continue
            try:
                self._hand.sendto(b"", str(other))
            except ConnectionRefusedError:
                other.unlink(missing_ok=True)  # its process was killed
            except OSError:
                pass  # gone meanwhile, or it has rings enough that it has not heard


class _Ear(DatagramProtocol):
    def __init__(self, heard: Callable[[], None]) -> None:
        self._heard = heard

    @override
    def datagramReceived(self, datagram: bytes, addr: Any) -> None:
        self._heard()
