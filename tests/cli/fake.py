"""A server that answers as a test says, and notes what it was asked."""

import io
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from attrs import define, field

from aen.cli.client import Client
from aen.cli.desk import Desk
from aen.cli.main import Surroundings, run
from aen.cli.people import Asker

Answer = tuple[int, Any]
PROJECT = {
    "owner": "ada", "name": "lab", "state": "stopped", "visibility": "private",
    "summary": "Tides", "tags": ["sea"], "team": [{"user": "bob", "role": "member"}],
    "environment": "default", "progress": None, "problem": None, "later": "unknown",
}  # fmt: skip


@define
class Fake:
    """Answers by method and path; the last answer of several stays."""

    answers: dict[str, list[Answer]] = field(factory=dict)
    asked: list[tuple[str, Any]] = field(factory=list)
    url: str = ""

    def says(self, what: str, *answers: Answer) -> None:
        """Answer *what*, as ``GET /me``, with each of *answers* in turn."""
        self.answers[what] = list(answers)

    def answer(self, what: str, body: Any) -> Answer:
        """Return what was said for a request."""
        self.asked.append((what, body))
        known = self.answers.get(what)
        if known is None:
            error = {"code": "not_found", "message": f"{what}?", "fields": {}}
            return 404, {"error": error}
        return known.pop(0) if len(known) > 1 else known[0]

    def run(
        self, *words: str, secret: str = "", **environment: str
    ) -> tuple[int, str, str]:
        """Run a command line here; return status, output and errors."""
        around = Surroundings(
            {"AEN_URL": self.url, "AEN_TOKEN": "aen_t", **environment},
            io.StringIO(),
            io.StringIO(),
            Asker(lambda _: "ada", lambda _: secret),
        )
        status = run(words, around)
        assert isinstance(around.out, io.StringIO)
        assert isinstance(around.err, io.StringIO)
        return status, around.out.getvalue(), around.err.getvalue()

    def desk(self) -> Desk:
        """Return a desk whose pauses take no time."""
        client = Client(self.url, "aen_t")
        return Desk(client, io.StringIO(), io.StringIO(), False, lambda _: None)


@contextmanager
def serving() -> Iterator[Fake]:
    """Give a server on a free port."""
    fake = Fake()

    class Handler(BaseHTTPRequestHandler):
        def _any(self) -> None:
            text = self.rfile.read(int(self.headers.get("content-length") or 0))
            path = self.path.removeprefix("/api/v1")
            body = json.loads(text) if text else None
            status, content = fake.answer(f"{self.command} {path}", body)
            raw = isinstance(content, bytes)
            sent = content if raw else json.dumps(content).encode()
            self.send_response(status)
            self.send_header("content-length", "0" if status == 204 else str(len(sent)))
            self.end_headers()
            if status != 204:
                self.wfile.write(sent)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _any  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
