"""Connecting to a UNIX socket in a directory where somebody else may write."""

import os
import stat
from errno import ENOTSOCK
from typing import Any

from attrs import frozen
from twisted.internet.defer import Deferred, fail
from twisted.internet.endpoints import UNIXClientEndpoint
from twisted.internet.error import getConnectError
from twisted.internet.interfaces import (
    IProtocol,
    IProtocolFactory,
    IStreamClientEndpoint,
)
from twisted.python.failure import Failure
from zope.interface import implementer


@implementer(IStreamClientEndpoint)
@frozen
class SocketEndpoint:
    """Connects to the very socket at *path*, never through a link in its place.

    Whoever owns the directory could lead us by one to a socket that we may open and
    they may not: another person's app.
    """

    reactor: Any
    path: str
    seconds: float

    def connect(self, protocolFactory: IProtocolFactory) -> Deferred[IProtocol]:  # noqa: N803
        """Return a Deferred for the connection."""
        try:
            descriptor = open_socket(self.path)
        except OSError as error:
            return fail(getConnectError((error.errno or 0, error.strerror)))

        def close(result: IProtocol | Failure) -> IProtocol | Failure:
            os.close(descriptor)
            return result

        there = f"/proc/self/fd/{descriptor}"
        endpoint = UNIXClientEndpoint(self.reactor, there, self.seconds)
        connecting: Deferred[IProtocol] = endpoint.connect(protocolFactory)
        return connecting.addBoth(close)


def open_socket(path: str) -> int:
    """Return a descriptor that names the socket at *path* and can do nothing else.

    :raises OSError: there is none, or something else is in its place.
    """
    descriptor = os.open(path, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC)
    if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    raise OSError(ENOTSOCK, os.strerror(ENOTSOCK), path)
