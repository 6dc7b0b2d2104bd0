"""Long streams, slow clients, clients that vanish: the proxy holds out.

With ``AEN_ENDURANCE=1`` in full size: 5 GB each way, 10,000 clients, default limits.
"""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.endurance.ground import (
    FULL,
    Place,
    line_of,
    place,
    program,
    started,
)
from tests.waiting import until

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs /proc"),
]

MEGABYTE = 1_000_000
LONG = 5_000 * MEGABYTE if FULL else 300 * MEGABYTE
FLAT = 8 * MEGABYTE
SLOW = 1000
VANISHING = 10_000 if FULL else 1_000
# The defaults are made for 90 seconds; CI has a sixth of that.
QUICK = {
    "keepalive_seconds": 6,
    "dead_seconds": 6,
    "ping_seconds": 3,
    "pool_idle_seconds": 3,
}
PATIENCE = 90 if FULL else 25
BLOCK = bytes(1 << 18)
GET = b"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n"


def connected(one: Place) -> socket.socket:
    """Return a connection to the proxy."""
    return socket.create_connection((one.address, one.port), 30)


def asked(client: socket.socket, count: int = 10) -> float:
    """Return how long a small request takes, in seconds."""
    begun = time.monotonic()
    client.sendall(GET % count)
    got = b""
    while not got.endswith(bytes(count)) or b"\r\n\r\n" not in got:
        more = client.recv(65536)
        assert more, got
        got += more
    return time.monotonic() - begun


def test_a_long_download(tmp_path: Path) -> None:
    """However long it is, the proxy grows by no more than its buffers."""
    with place(tmp_path) as one, connected(one) as client:
        asked(client)
        before = most = one.held().memory
        client.sendall(GET % LONG)
        left, looked = LONG, LONG
        while left > 0:
            got = len(client.recv(1 << 20))
            assert got, left
            left -= got
            if looked - left > 20 * MEGABYTE:
                most, looked = max(most, one.held().memory), left
        assert most - before < FLAT


def test_a_long_upload(tmp_path: Path) -> None:
    """The same in the other direction."""
    head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % LONG
    with place(tmp_path) as one, connected(one) as client:
        asked(client)
        before = most = one.held().memory
        client.sendall(head)
        left, looked = LONG, LONG
        while left > 0:
            client.sendall(BLOCK[:left])
            left -= len(BLOCK)
            if looked - left > 20 * MEGABYTE:
                most, looked = max(most, one.held().memory), left
        assert client.recv(1000).endswith(b"done")
        assert most - before < FLAT


def test_slow_heads(tmp_path: Path) -> None:
    """A thousand of them do not slow a normal client down, and are closed in time."""
    seconds = 20 if FULL else 8
    with place(tmp_path, head_seconds=seconds) as one, connected(one) as client:
        alone = sorted(asked(client) for _ in range(200))
        before = one.held().descriptors
        slow = [connected(one) for _ in range(SLOW)]
        for each in slow:
            each.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nX: ")
        among = []
        for number in range(200):
            slow[number].sendall(b"x")
            among.append(asked(client))
        among.sort()
        # Generous: the machine does other things too.
        assert among[100] < 3 * alone[100] + 0.005
        assert among[190] < 3 * alone[190] + 0.05
        until(lambda: one.held().descriptors <= before, "all are closed", seconds + 10)
        assert slow[0].recv(1000).startswith(b"HTTP/1.1 408 ")
        for each in slow:
            each.close()


@contextmanager
def far_away() -> Iterator[tuple[str, str, str]]:
    """Give a network of its own: its name, this end's address, its own link."""
    name = f"aen{os.getpid()}"
    here, there, base = f"h{name}"[:15], f"t{name}"[:15], "10.213.77"

    def ip(*words: str) -> None:
        subprocess.run(("ip", *words), check=True, capture_output=True)

    try:
        ip("netns", "add", name)
        ip("link", "add", here, "type", "veth", "peer", "name", there)
        ip("link", "set", there, "netns", name)
        ip("addr", "add", f"{base}.1/24", "dev", here)
        ip("link", "set", here, "up")
        ip("-n", name, "addr", "add", f"{base}.2/24", "dev", there)
        ip("-n", name, "link", "set", there, "up")
        yield name, f"{base}.1", there
    except subprocess.CalledProcessError as error:
        pytest.skip(f"no network namespaces here: {error.stderr.decode().strip()}")
    finally:
        subprocess.run(("ip", "link", "del", here), check=False, capture_output=True)
        subprocess.run(("ip", "netns", "del", name), check=False, capture_output=True)


@pytest.mark.root
@pytest.mark.skipif(
    os.getuid() != 0 or shutil.which("ip") is None,
    reason="needs root and iproute2 for a network of its own",
)
def test_clients_that_vanish(tmp_path: Path) -> None:
    """Idle ones, waiting ones and WebSockets whose cable is pulled are all let go."""
    limits = {} if FULL else QUICK
    with far_away() as (name, address, link), place(tmp_path, address, **limits) as one:
        inside = ["ip", "netns", "exec", name]
        crowd = [*inside, *program("crowd", address, str(one.port), str(VANISHING))]
        # Two crowds leave in good order: what stays after them is the base.
        for _ in range(2):
            with started(crowd) as polite:
                assert line_of(polite) == str(VANISHING)
            # its idle connections to the app, too: how many there are is chance
            until(lambda: one.held().descriptors < 30, "they are gone", PATIENCE)
        base = one.held()
        with started(crowd) as running:
            assert line_of(running) == str(VANISHING)
            full = one.held()
            assert full.descriptors > base.descriptors + VANISHING
            pull = ("ip", "-n", name, "link", "set", link, "down")
            subprocess.run(pull, check=True)
            pulled = time.monotonic()
            most = base.descriptors * 1.05
            until(lambda: one.held().descriptors <= most, "all are let go", PATIENCE)
            print(f"{time.monotonic() - pulled:.0f} s", base, full, one.held())  # noqa: T201
            assert one.held().memory <= base.memory * 1.05
