"""The native front: built files from memory, everything else to the UNIX socket."""

from typing import Any

from attrs import frozen

from aen.proxy.factory import ProxyFactory
from aen.proxy.head import Peer, RequestHead
from aen.proxy.routing import Answer, Forward
from aen.runtime.assets import Assets
from aen.server.settings import ServerSettings


@frozen
class FrontRouter:
    """Sends every request to the pages' socket."""

    socket: str

    def route(self, head: RequestHead, peer: Peer) -> Forward:
        """Return where the pages are."""
        return Forward(f"unix:{self.socket}")

    def unreachable(self, head: RequestHead, forward: Forward, reason: str) -> Answer:
        """Say that the pages do not answer."""
        return Answer(503, (), b"The server is starting; try again in a moment.\n")


def front(settings: ServerSettings, assets: Assets, reactor: Any) -> ProxyFactory:
    """Return the factory to listen with for browsers."""
    return ProxyFactory(FrontRouter(str(settings.web_socket)), reactor)
