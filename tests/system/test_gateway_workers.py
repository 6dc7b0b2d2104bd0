"""A real ``twistd aen-gateway`` with TLS and two workers."""

import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import pytest_twisted
from twisted.internet.threads import deferToThread
from websockets.exceptions import ConnectionClosed

from tests.gateway.asking import APP, ask, ask_often, talk
from tests.gateway.grown import PIECE, PIECES, Grown, grow
from tests.pem import make_pair
from tests.waiting import eventually

pytestmark = pytest.mark.system


@pytest_twisted.async_yield_fixture
async def gate(tmp_path: Path) -> AsyncIterator[Grown]:
    """Give a gateway with two workers."""
    made = await grow(tmp_path, make_pair(tmp_path / "pem"), workers=2)
    try:
        await made.until_serving(2)
        yield made
    finally:
        await made.clean()


async def both(gate: Grown) -> set[str]:
    """Ask until two workers have answered; return which they are."""
    seen: set[str] = set()
    for _ in range(20):
        seen.update(await deferToThread(ask_often, gate, 5))
        if len(seen) == 2:
            return seen
    raise AssertionError(gate.output)


@pytest_twisted.ensureDeferred
async def test_two_workers(gate: Grown) -> None:
    """Both answer; one that is killed comes back, and nobody has to notice."""
    await both(gate)
    answered = await deferToThread(ask, gate)
    assert answered.body.split()[1] == b"https"
    for _ in range(6):
        status = await deferToThread(ask, gate, "/_aen/status")
        assert status.status == 200
        waited = await deferToThread(ask, gate, "/_aen/wait/ada/lab/jupyterlab")
        assert b"event: ready" in waited.body
    assert len(gate.server.ends) == 2
    assert len([up for up in gate.server.heard_from if up.status]) == 1
    before = gate.workers()
    assert len(before) == 2
    victim = min(before)
    os.kill(victim, signal.SIGKILL)
    for _ in range(10):
        assert (await deferToThread(ask, gate)).status == 200
    await eventually(lambda: len(gate.workers() - {victim}) == 2, "another starts")
    await gate.until_serving(3)
    await both(gate)
    gate.signal(signal.SIGTERM)
    assert await gate.ended() == -signal.SIGTERM  # twistd ends as it was told to
    assert not any(psutil.pid_exists(pid) for pid in before)
    assert list((gate.folder / "var/run").glob("*")) == []
    log = (gate.folder / "var/log/wakari/gateway.log").read_text()
    assert all(len(line.split()) == 9 for line in log.splitlines())


@pytest_twisted.ensureDeferred
async def test_a_reload_disturbs_nobody(gate: Grown) -> None:
    """A download ends whole and a WebSocket stays while new workers take over."""
    before = gate.workers()
    fetching = deferToThread(ask, gate, f"{APP}slow", 30.0)
    talking = await deferToThread(talk, gate)
    assert await deferToThread(echoed, talking, "one") == "one"
    other = make_pair(gate.folder / "other")
    other.key.replace(gate.pair.key)
    other.certificate.replace(gate.pair.certificate)
    gate.write(workers=1, drain_seconds=5.0)
    gate.signal(signal.SIGHUP)
    await eventually(lambda: "reloaded" in gate.output, "the new ones serve")
    # The new certificate is the only one this client believes.
    assert (await deferToThread(ask, gate)).status == 200
    assert len(gate.workers() - before) == 1
    assert await deferToThread(echoed, talking, "two") == "two"
    fetched = await fetching
    assert fetched.status == 200
    assert fetched.body == PIECE * PIECES
    assert await deferToThread(echoed, talking, "three") == "three"
    gate.signal(signal.SIGTERM)
    assert await gate.ended() == -signal.SIGTERM  # twistd ends as it was told to
    assert await deferToThread(closed, talking) == 1001


@pytest_twisted.ensureDeferred
async def test_a_drain_has_an_end(tmp_path: Path) -> None:
    """A WebSocket that would stay for ever is closed, with a code."""
    pair = make_pair(tmp_path / "pem")
    gate = await grow(tmp_path, pair, workers=1, drain_seconds=0.5)
    try:
        await gate.until_serving(1)
        before = gate.workers()
        talking = await deferToThread(talk, gate)
        gate.signal(signal.SIGHUP)
        assert await deferToThread(closed, talking) == 1001
        await eventually(lambda: not gate.workers() & before, "the old ones end")
        assert (await deferToThread(ask, gate)).status == 200
    finally:
        await gate.clean()


@pytest_twisted.ensureDeferred
async def test_settings_that_cannot_work_change_nothing(gate: Grown) -> None:
    """The reason is in the log; who serves goes on serving."""
    before = gate.workers()
    gate.write(workers="many")
    gate.signal(signal.SIGHUP)
    await eventually(lambda: "not reloaded" in gate.output, "it is refused")
    gate.write(workers=2, tls={"certificate": "/nowhere", "key": "/nowhere"})
    gate.signal(signal.SIGHUP)
    await eventually(
        lambda: gate.output.count("not reloaded") == 2, "it is refused again"
    )
    assert gate.workers() == before
    assert (await deferToThread(ask, gate)).status == 200


@pytest_twisted.ensureDeferred
async def test_workers_end_with_their_parent(gate: Grown) -> None:
    """However it went."""
    workers = gate.workers()
    assert len(workers) == 2
    gate.signal(signal.SIGKILL)
    await eventually(
        lambda: not any(psutil.pid_exists(pid) for pid in workers), "all workers end"
    )


def echoed(talking: Any, text: str) -> str:
    """Say something and return the answer."""
    talking.send(text)
    return str(talking.recv(timeout=5))


def closed(talking: Any) -> int:
    """Wait for the end of a conversation and return its code."""
    with pytest.raises(ConnectionClosed) as caught:
        talking.recv(timeout=15)
    assert caught.value.rcvd is not None, "it was cut off without a word"
    return caught.value.rcvd.code
