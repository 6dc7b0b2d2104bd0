"""Leading plain HTTP to HTTPS."""

from typing import Final

from attrs import frozen

from aen.proxy import answers
from aen.proxy.head import Peer, RequestHead
from aen.proxy.routing import Answer, Forward
from aen.proxy.standalone.hosts import host_name

_HTTPS: Final = 443


@frozen
class ToHttps:
    """A router that answers each request with its address on HTTPS at *port*."""

    port: int

    def route(self, head: RequestHead, peer: Peer) -> Answer:
        """Return the redirect, to the host that was asked for."""
        name = host_name(head)
        if not name:
            return answers.error(400, head)
        path = head.target if head.target.startswith(b"/") else b"/"
        port = b"" if self.port == _HTTPS else b":%d" % self.port
        return Answer(301, ((b"Location", b"https://" + name + port + path),))

    def unreachable(self, head: RequestHead, forward: Forward, reason: str) -> Answer:
        """Answer likewise; nothing is ever forwarded."""
        return answers.error(502, head)
