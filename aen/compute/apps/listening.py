"""A UNIX socket that nobody else can open, not even for a moment."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from errno import ENODATA, EOPNOTSUPP
from pathlib import Path
from typing import Any

from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import IListeningPort, IProtocolFactory

from aen.model.errors import Invalid
from aen.runtime.sockets import Occupied, remove_stale_socket, why_not


def listen_privately(
    reactor: Any, path: Path, factory: IProtocolFactory
) -> IListeningPort:
    """Listen at *path*, mode 0600 from the start.

    Where the folder's default ACL names who else may open what is made in it, the
    service, the mode lets that hold once it is ours.

    :raises Invalid: the folder is not there, or somebody else listens.
    """
    with _private():
        try:
            remove_stale_socket(path)
            port: IListeningPort = reactor.listenUNIX(
                str(path),
                factory,
                mode=_mode_in(path.parent),  # set by Twisted after binding
            )
        except OSError as error:
            raise Invalid(f"{path}: cannot listen: {error.strerror}") from None
        except CannotListenError as error:
            raise Invalid(f"{path}: cannot listen: {why_not(error)}") from None
        except Occupied as occupied:
            raise Invalid(str(occupied)) from None
    return port


@contextmanager
def _private() -> Iterator[None]:
    before = os.umask(0o177)
    try:
        yield
    finally:
        os.umask(before)


def _mode_in(folder: Path) -> int:
    """Return the mode for a socket in *folder*.

    Binding follows the umask where other files follow a default ACL (acl(5)): the
    mask of the socket's ACL, shown as the group's mode, would let nobody named in.
    """
    try:
        os.getxattr(folder, "system.posix_acl_default")
    except OSError as error:
        if error.errno in (ENODATA, EOPNOTSUPP):
            return 0o600
        raise
    return 0o660
