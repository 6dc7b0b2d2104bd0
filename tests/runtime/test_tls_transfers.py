"""Much data through TLS, with somebody who is slow."""

import hashlib
import os
import threading
from typing import Any

import pytest_twisted
from twisted.internet.defer import Deferred

from aen.runtime.tasks import pause
from tests.runtime.tls_door import Door, Server, aside, reactor


class Pump:
    """Writes *left* bytes as the transport asks for them."""

    def __init__(self, server: Server, left: int) -> None:
        self.transport: Any = server.transport
        self.left = left
        self.paused = False
        self.most = 0
        self.digest = hashlib.sha256()

    def go(self) -> None:
        while self.left and not self.paused:
            piece = os.urandom(min(self.left, 65536))
            self.digest.update(piece)
            self.left -= len(piece)
            self.transport.write(piece)
            waiting = len(self.transport.dataBuffer) + self.transport._tempDataLen
            self.most = max(self.most, waiting)
        if not self.left:
            self.transport.unregisterProducer()
            self.transport.loseConnection()

    def pauseProducing(self) -> None:
        self.paused = True

    def resumeProducing(self) -> None:
        self.paused = False
        self.go()

    def stopProducing(self) -> None:
        self.left = 0


@pytest_twisted.ensureDeferred
async def test_a_slow_reader(door: Door) -> None:
    """8 MB arrive whole, and hardly any of it waits in our memory."""
    pumps: list[Pump] = []

    def act(server: Server, data: bytes) -> None:
        pump = Pump(server, 8_000_000)
        pumps.append(pump)
        pump.transport.registerProducer(pump, True)
        pump.go()

    door.act = act
    idle = threading.Event()

    def talk() -> tuple[int, str]:
        digest, count = hashlib.sha256(), 0
        with door.client() as client:
            client.sendall(b"go")
            for turn in range(1_000_000):
                if turn % 200 == 0:
                    idle.wait(0.005)
                data = client.recv(65536)
                if not data:
                    return count, digest.hexdigest()
                count += len(data)
                digest.update(data)
        raise AssertionError

    assert await aside(talk) == (8_000_000, pumps[0].digest.hexdigest())
    assert pumps[0].most < 300_000


@pytest_twisted.ensureDeferred
async def test_a_slow_server(door: Door) -> None:
    """While it does not read, the client cannot send on; then all of it comes."""
    total, held = 20_000_000, threading.Event()

    def act(server: Server, data: bytes) -> None:
        if not held.is_set() and len(server.received) > 1_000_000:
            server.transport.pauseProducing()
            held.set()
        if len(server.received) == total:
            digest = hashlib.sha256(server.received).digest()
            server.transport.write(digest)

    door.act = act
    data = os.urandom(total)
    sent = 0

    def talk() -> bytes:
        nonlocal sent
        with door.client() as client:
            for at in range(0, total, 65536):
                client.sendall(data[at : at + 65536])
                sent = at
            return client.recv(100)

    working = Deferred.fromCoroutine(aside(talk))
    await aside(lambda: held.wait(10))
    before = len(door.connections[0].received)
    await pause(reactor, 0.1)
    assert len(door.connections[0].received) == before
    assert sent < total - 1_000_000
    door.connections[0].transport.resumeProducing()
    assert await working == hashlib.sha256(data).digest()
