"""What a WebSocket costs that says nothing."""

import resource
import socket
import time

import psutil

from bench import websockets
from bench.measured import Measured, Pace
from bench.rows.websocket import gateway
from bench.stage import Stage, restart_gateway

WANTED = 10_000
_SPARE = 100
"""Descriptors the gateway needs for other things."""
_SETTLE = 1.0


def possible() -> int:
    """Return how many connections one process can relay: two descriptors each."""
    return min(WANTED, (descriptors() - _SPARE) // 2)


def descriptors() -> int:
    """Raise this process's limit, which all it starts inherit, and return it."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    enough = 2 * WANTED + 10 * _SPARE
    wanted = enough if hard == resource.RLIM_INFINITY else min(hard, enough)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted


def idle(stage: Stage, pace: Pace) -> Measured:
    """Measure the gateway's memory with many silent WebSockets, against none."""
    count = possible()
    target = gateway(stage)
    restart_gateway(stage)
    held: list[socket.socket] = []
    try:
        held.extend(_opened(target, _SPARE))  # what is made once is made now
        process = psutil.Process(stage.platform.pid("gateway"))
        before = _resident(process)
        held.extend(_opened(target, count - _SPARE))
        after = _resident(process)
    finally:
        for one in held:
            one.close()
    each = (after - before) / (count - _SPARE)
    note = f"{count} connections"
    if count < WANTED:
        note += f"; the limit of descriptors here ({descriptors()}) allows no more"
    return Measured({"gateway": [{"bytes each": each, "bytes": after}]}, (note,))


def _opened(target: websockets.Target, count: int) -> list[socket.socket]:
    """Return that many open WebSockets."""
    return [websockets.connect(target) for _ in range(count)]


def _resident(process: psutil.Process) -> int:
    time.sleep(_SETTLE)
    return int(process.memory_info().rss)
