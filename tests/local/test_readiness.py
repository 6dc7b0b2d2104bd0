"""Waiting for the platform to answer."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from aen.local import readiness
from aen.local.installation import Installation
from aen.model.errors import Failed


class _Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/healthz" else 503)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    """Give a server that is well at /healthz only."""
    with HTTPServer(("127.0.0.1", 0), _Answer) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_answers(address: str) -> None:
    """Only 200 counts as an answer."""
    assert readiness.answers(f"{address}/healthz")
    assert not readiness.answers(f"{address}/other")
    readiness.wait_for([f"{address}/healthz"], [], lambda: True, 1.0)


def test_no_answer(tmp_path: Path) -> None:
    """What does not come up is named together with the end of its log."""
    log = tmp_path / "server.log"
    log.write_text("\n".join(f"line {number}" for number in range(50)))
    with pytest.raises(Failed, match="did not answer") as caught:
        readiness.wait_for(["http://127.0.0.1:1/x"], [log], lambda: True, 0.0)
    assert caught.value.log[0] == f"{log}:"
    assert caught.value.log[-1] == "  line 49"
    assert len(caught.value.log) < 15


def test_gone(tmp_path: Path) -> None:
    """Nobody waits for parts whose supervisor has ended."""
    with pytest.raises(Failed, match="ended unexpectedly"):
        readiness.wait_for(["http://127.0.0.1:1/x"], [], lambda: False, 60.0)


def test_missing_logs(tmp_path: Path) -> None:
    """A part that never wrote anything has no last words."""
    assert readiness.last_words([tmp_path / "none"]) == ()


def test_where() -> None:
    """Readiness is what the public contract says it is."""
    one = Installation(prefix=Path("/srv/aen"))
    assert readiness.server_health(one) == "http://127.0.0.1:8080/healthz"
    assert readiness.gateway_health(one) == "http://127.0.0.1:8089/_aen/status"
    assert one.supervisor_log in readiness.logs(one)
