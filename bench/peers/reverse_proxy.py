"""A peer: ``reverse_proxy.py PORT UPSTREAM-PORT`` is `twisted.web.proxy` as it is."""

import sys

from twisted.internet import reactor  # noqa: TID251 -- a program of its own
from twisted.internet.endpoints import serverFromString
from twisted.internet.interfaces import IReactorCore
from twisted.web.proxy import ReverseProxyResource  # noqa: TID251 -- the peer
from twisted.web.server import Site


def main() -> None:
    """Serve until told to end."""
    port, upstream = map(int, sys.argv[1:])
    site = Site(ReverseProxyResource("127.0.0.1", upstream, b""))
    place = f"tcp:{port}:interface=127.0.0.1"
    listening = serverFromString(reactor, place).listen(site)
    listening.addErrback(lambda failure: sys.exit(failure.getErrorMessage()))
    IReactorCore(reactor).run()


if __name__ == "__main__":
    main()
