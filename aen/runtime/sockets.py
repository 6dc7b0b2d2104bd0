"""Sockets to listen on: one that was left behind, and why one cannot be had.

It knows nothing of AEN: the proxy that runs by itself listens by it, too.
"""

import socket
import stat
from pathlib import Path
from typing import Final

from twisted.internet.error import CannotListenError

BACKLOG: Final = 1024
"""Connections that wait to be accepted; the kernel may allow fewer."""


class Occupied(Exception):
    """Nobody else can listen at a path; the text says why."""


def remove_stale_socket(path: Path) -> None:
    """Unlink a UNIX socket nobody listens on: its owner was killed.

    :raises Occupied: somebody does listen, or something else is at *path*.
    :raises OSError: what is at *path* cannot be looked at, or not be unlinked.
    """
    try:
        about = path.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(about.st_mode):
        raise Occupied(f"{path}: exists and is not a socket")
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink(missing_ok=True)
            return
        except OSError:
            return
    raise Occupied(f"{path}: another process already listens there")


def why_not(error: CannotListenError) -> str:
    """Return why an address cannot be listened on, in the system's words."""
    # A name that cannot be resolved has an error number of its own kind.
    return error.socketError.strerror or str(error.socketError)
