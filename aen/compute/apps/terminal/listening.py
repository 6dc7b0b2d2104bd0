"""A UNIX socket that nobody else can open, not even for a moment."""

import os
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import IListeningPort, IProtocolFactory

from aen.model.errors import Invalid
from aen.runtime.listening import remove_stale_socket


def listen_privately(
    reactor: Any, path: Path, factory: IProtocolFactory
) -> IListeningPort:
    """Listen at *path*, mode 0600 from the start.

    By umask: where the folder has a default ACL that lets the service in, the
    kernel follows that instead, and setting a mode would take the right away.

    :raises Invalid: the folder is not there, or somebody else listens.
    """
    remove_stale_socket(path)
    with _private():
        try:
            port: IListeningPort = reactor.listenUNIX(
                # Twisted sets a mode after binding: the one that is there already.
                str(path),
                factory,
                mode=_mode_at(path),
            )
        except OSError as error:
            raise Invalid(f"{path}: cannot listen: {error.strerror}") from None
        except CannotListenError as error:
            reason = os.strerror(error.socketError.errno or 0)
            raise Invalid(f"{path}: cannot listen: {reason}") from None
    return port


@contextmanager
def _private() -> Iterator[None]:
    before = os.umask(0o177)
    try:
        yield
    finally:
        os.umask(before)


def _mode_at(path: Path) -> int:
    """Return the mode that a socket bound at *path* gets."""
    with socket.socket(socket.AF_UNIX) as probe:
        probe.bind(str(path))
        mode = stat.S_IMODE(path.lstat().st_mode)
        path.unlink()
    return mode
