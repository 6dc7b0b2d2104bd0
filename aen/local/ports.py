"""Whether the ports of an installation are free, asked before anything starts."""

import errno
import socket

from aen.local.installation import Installation
from aen.model.errors import Invalid


def check_ports(one: Installation) -> None:
    """Raise `Invalid` naming the first port that cannot be listened on, and why."""
    for name, address, port in one.ports:
        reason = refusal(address, port)
        if reason is not None:
            raise Invalid(_sentence(name, address, port, reason))


def refusal(address: str, port: int) -> OSError | None:
    """Return why nobody could listen on *address* and *port* now; None if one could."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # Connections of an earlier run that linger in TIME_WAIT are no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            return error
    return None


def _sentence(name: str, address: str, port: int, reason: OSError) -> str:
    if reason.errno == errno.EADDRINUSE:
        return (
            f"Port {port} ({name}) is in use by another program. Stop that one, or"
            f" choose another port: make run {name}={port + 1}"
        )
    if reason.errno == errno.EACCES:
        return (
            f"Port {port} ({name}) needs root; choose one above 1023, e.g."
            f" make run {name}={port + 8000}"
        )
    return (
        f"Nothing can listen on {address} port {port} ({name}): {reason.strerror}."
        " BIND must be an address of this machine, e.g. 127.0.0.1 or 0.0.0.0."
    )
