"""The host a request is for."""

from aen.proxy.head import Peer, RequestHead


def host_name(head: RequestHead) -> bytes:
    """Return ``Host`` without its port, empty if the client has said none."""
    before, bracket, last = (head.header(b"host") or b"").rpartition(b"]")
    return before + bracket + last.partition(b":")[0]


def host_port(head: RequestHead, peer: Peer) -> bytes:
    """Return the port the client has used, as ``Host`` and the scheme tell."""
    port = (head.header(b"host") or b"").rpartition(b"]")[2].partition(b":")[2]
    return port or (b"443" if peer.secure else b"80")
