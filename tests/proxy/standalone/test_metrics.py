"""Counts, as Prometheus reads them."""

import re

import pytest_twisted

from aen.proxy.standalone.metrics import Metrics
from tests.proxy.standalone.desk import Desk

LINE = re.compile(r'(# (HELP|TYPE) \S+ .+|[a-z_]+(\{status="\d+"\})? [0-9.e+-]+)')


@pytest_twisted.ensureDeferred
async def test_metrics(desk: Desk) -> None:
    """They count what clients and the API were answered, under the peer's names."""
    running = desk.start("--metrics-ip", "127.0.0.1", "--metrics-port", "0")
    await desk.add(running, "/a", desk.url)
    await desk.api(running, "/api/routes")
    await desk.api(running, "/api/routes/b", "DELETE")
    await desk.api(running, "/api/routes/a", "DELETE")
    await desk.get(running, "/x")
    await desk.get(running, "/%zz")
    where = running.addresses[2]
    page = await desk.ask(where, "/metrics")
    assert page.headers["content-type"] == ["text/plain; version=0.0.4; charset=utf-8"]
    lines = page.body.decode().split("\n")
    assert all(LINE.fullmatch(line) for line in lines if line)
    for line in (
        "api_route_add 1",
        "api_route_get 1",
        "api_route_delete 1",
        "requests_web 2",
        "requests_ws 0",
        'requests_proxy{status="400"} 1',
        'requests_proxy{status="404"} 1',
        'requests_api{status="201"} 1',
        "find_target_for_req_count 1",
    ):
        assert line in lines
    assert (await desk.ask(where, "/")).status == 404
    assert (await desk.ask(where, "/metrics", method="POST", body=b"")).status == 404


def test_the_process() -> None:
    """What the process itself needs is among them."""
    text = Metrics().text()
    found = dict(re.findall(r"^process_(\w+) (\S+)$", text, re.MULTILINE))
    assert float(found["resident_memory_bytes"]) > 1_000_000
    assert float(found["cpu_seconds_total"]) > 0
    assert 0 < float(found["open_fds"]) < float(found["max_fds"])
    assert float(found["start_time_seconds"]) > 1_700_000_000
