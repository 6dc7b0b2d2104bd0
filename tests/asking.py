"""A plain HTTP client that shows everything and follows nothing, for tests."""

import http.client
import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from attrs import field, frozen

PATIENCE = 120.0
"""Seconds an answer may take; opening an app may wait for its start."""


@frozen
class Answer:
    """A response, whole."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode(errors="replace")


class _LocalConnection(http.client.HTTPConnection):
    """HTTP over a UNIX socket."""

    def __init__(self, path: Path, host: str, timeout: float) -> None:
        super().__init__(host, timeout=timeout)
        self._path = path

    def connect(self) -> None:
        """Connect to the socket."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


@frozen
class Client:
    """Asks one site, with the same headers each time."""

    url: str
    """Scheme, host and port."""
    headers: Mapping[str, str] = field(factory=dict)
    socket: Path | None = None
    """The UNIX socket the site listens at, whatever its address says."""

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request; *body* is sent as JSON unless it is bytes."""
        sent = {**self.headers, **(headers or {})}
        raw = body if isinstance(body, bytes) or body is None else json.dumps(body)
        if raw is not None and not isinstance(body, bytes):
            sent.setdefault("Content-Type", "application/json")
        with self._connection() as connection:
            connection.request(method, path, raw, sent)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())

    def get(self, path: str, **headers: str) -> Answer:
        """Ask with GET; header names may be written with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask("GET", path, None, named)

    def post(self, path: str, body: object = None) -> Answer:
        """Ask with POST."""
        return self.ask("POST", path, {} if body is None else body)

    @contextmanager
    def stream(self, path: str, timeout: float = 30.0) -> Iterator[Iterator[str]]:
        """Give the lines of an answer as they come, e.g. server-sent events."""
        with self._connection(timeout) as connection:
            connection.request("GET", path, None, dict(self.headers))
            response = connection.getresponse()
            assert response.status == http.client.OK, response.read()
            yield (line.decode().rstrip("\n") for line in response)

    @contextmanager
    def _connection(
        self, timeout: float = PATIENCE
    ) -> Iterator[http.client.HTTPConnection]:
        place = urlsplit(self.url).netloc
        connection = (
            _LocalConnection(self.socket, place, timeout)
            if self.socket
            else http.client.HTTPConnection(place, timeout=timeout)
        )
        try:
            yield connection
        finally:
            connection.close()
