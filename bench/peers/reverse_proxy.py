"""A peer: ``reverse_proxy.py PORT UPSTREAM-PORT`` is `twisted.web.proxy` as it is."""

import sys

from twisted.internet import reactor  # noqa: TID251 -- a program of its own
from twisted.internet.interfaces import IReactorCore, IReactorTCP
from twisted.web.proxy import ReverseProxyResource  # noqa: TID251 -- the peer
from twisted.web.server import Site


def main() -> None:
    """Serve until told to end."""
    port, upstream = map(int, sys.argv[1:])
    site = Site(ReverseProxyResource("127.0.0.1", upstream, b""))
    IReactorTCP(reactor).listenTCP(port, site, interface="127.0.0.1")
    IReactorCore(reactor).run()


if __name__ == "__main__":
    main()
