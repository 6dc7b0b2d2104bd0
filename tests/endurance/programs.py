"""The processes of the endurance tests: an application, a proxy, a crowd of clients."""

import contextlib
import json
import resource
import socket
import sys
import time
from typing import Any, cast

from twisted.internet.protocol import Factory, Protocol

from aen.proxy import answers
from aen.proxy.factory import ProxyFactory
from aen.proxy.head import Peer, RequestHead
from aen.proxy.limits import Limits
from aen.proxy.routing import Answer, Forward
from tests.proxy.harness import HANDSHAKE, SWITCH

ZEROS = bytes(65536)


def more_descriptors() -> None:
    """Let this process have as many descriptors as it may."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


class Zeros:
    """Writes so many of them as they are taken."""

    def __init__(self, transport: Any, left: int) -> None:
        self._transport = transport
        self._left = left
        transport.registerProducer(self, False)

    def resumeProducing(self) -> None:
        data = ZEROS[: self._left]
        self._left -= len(data)
        self._transport.write(data)
        if self._left == 0:
            self._transport.unregisterProducer()

    def stopProducing(self) -> None:
        self._left = 0


class App(Protocol):
    """Gives and takes any number of bytes, is silent, or agrees to a WebSocket."""

    def __init__(self) -> None:
        self._head = b""
        self._left = 0

    def dataReceived(self, data: bytes) -> None:
        if self._left:
            self._take(len(data))
            return
        self._head += data
        while b"\r\n\r\n" in self._head:
            head, _, self._head = self._head.partition(b"\r\n\r\n")
            self._answer(head)

    def _answer(self, head: bytes) -> None:
        write = cast("Any", self.transport).write
        target = head.split(b" ")[1]
        if target == b"/ws":
            write(SWITCH % b"")
        elif head.startswith(b"POST"):
            self._left = int(head.lower().split(b"content-length: ")[1].split()[0])
            early, self._head = len(self._head), b""
            self._take(early)
        elif target != b"/silent":
            count = int(target[1:])
            write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % count)
            if count:
                Zeros(self.transport, count)

    def _take(self, count: int) -> None:
        self._left -= count
        if self._left == 0:
            answer = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone"
            cast("Any", self.transport).write(answer)


class Straight:
    """Sends everything to one upstream."""

    def __init__(self, upstream: str) -> None:
        self._forward = Forward(upstream)

    def route(self, head: RequestHead, peer: Peer) -> Forward:
        return self._forward

    def unreachable(self, head: RequestHead, forward: Forward, reason: str) -> Answer:
        return answers.unreachable(head, reason)


def app(reactor: Any, path: str) -> None:
    """Run the application on a UNIX socket; say when it listens."""
    reactor.listenUNIX(path, Factory.forProtocol(App), backlog=4096)
    print("ready", flush=True)  # noqa: T201 -- to the test


def door(reactor: Any, address: str, path: str, limits: str) -> None:
    """Run the proxy on *address* before the application; print its port."""
    router = Straight(f"unix:{path}")
    factory = ProxyFactory(router, reactor, Limits(**json.loads(limits)))
    port = reactor.listenTCP(0, factory, interface=address, backlog=4096)
    print(port.getHost().port, flush=True)  # noqa: T201 -- to the test


def crowd(address: str, port: str, count: str) -> None:
    """Connect *count* clients, a third of each kind, and stay; print when all are."""
    more_descriptors()
    kinds = (
        b"GET /0 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /silent HTTP/1.1\r\nHost: a\r\n\r\n",
        HANDSHAKE % b"",
    )
    clients = []
    for number in range(int(count)):
        client = socket.create_connection((address, int(port)), 30)
        client.sendall(kinds[number % 3])
        clients.append(client)
    for number, client in enumerate(clients):
        if number % 3 != 1:
            assert client.recv(1000).startswith(b"HTTP/1.1 ")
    print(len(clients), flush=True)  # noqa: T201 -- to the test
    with contextlib.suppress(KeyboardInterrupt):
        time.sleep(600)


def main(what: str, *arguments: str) -> None:
    """Run one of the programs until it is told to end."""
    if what == "crowd":
        crowd(*arguments)
        return
    from twisted.internet import reactor  # noqa: PLC0415, TID251 -- a program

    more_descriptors()
    if what == "app":
        app(reactor, *arguments)
    else:
        door(reactor, *arguments)
    cast("Any", reactor).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
