"""The files app of a project, over the standard library's HTTP."""

import http.client
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from attrs import define, field, frozen

from aen.cli.client import connect, project_path, refusal
from aen.cli.desk import Desk
from aen.cli.objects import App, made
from aen.cli.problems import Problem, Refused, Unreachable
from aen.cli.projects import launched

Body = bytes | Iterable[bytes] | None
_STARTING = 60
"""Times that an app which has not come up yet is asked."""
_FOLDER = 308
_NOTHING = 404
_BUSY = 503
_ERRORS = 400
_LONGEST = 32 * 1024 * 1024


class Lost(Problem):
    """The connection broke; what came over it so far counts."""

    status = 4


@frozen
class Stat:
    """What is at a path: a file, or a folder."""

    folder: bool
    size: int = 0
    etag: str = ""
    executable: bool = False


@define
class FilesApp:
    """Asks the files app of one project."""

    url: str
    """Ends in a slash."""
    token: str = field(repr=False)
    pause: Callable[[float], None]
    timeout: float = 120.0
    _connection: http.client.HTTPConnection | None = field(default=None, init=False)

    def ask(
        self,
        method: str,
        path: str,
        body: Body = None,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, object] | None = None,
    ) -> http.client.HTTPResponse:
        """Return an answer that is no error; whoever asks reads it whole.

        :raises Refused: the app says no, and why.
        :raises Lost: the connection broke.
        """
        response = self._exchange(method, path, body, headers or {}, query or {})
        tries = 0
        while response.status == _BUSY and not _sends(body) and tries < _STARTING:
            response.read()
            self.pause(1.0)
            tries += 1
            response = self._exchange(method, path, body, headers or {}, query or {})
        if response.status < _ERRORS:
            return response
        text = self.read(response)
        if not response.isclosed():
            self.close()
        raise refusal(response.status, _content(text))

    def _exchange(
        self,
        method: str,
        path: str,
        body: Body,
        headers: Mapping[str, str],
        query: Mapping[str, object],
    ) -> http.client.HTTPResponse:
        more = f"?{urlencode(query)}" if query else ""
        target = f"{urlsplit(self.url).path}{quote(path)}{more}"
        sent = {"User-Agent": "aen", **headers}
        sent["Authorization"] = f"Bearer {self.token}"
        if self._connection is None:
            self._connection = connect(self.url, self.timeout)
        try:
            return _once(self._connection, method, target, body, sent)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise Lost(f"{self.url} does not answer: {error}.") from None

    def json(
        self, method: str, path: str, query: Mapping[str, object] | None = None
    ) -> Any:
        """Return the JSON of an answer; None where there is none."""
        text = self.read(self.ask(method, path, None, None, query))
        return json.loads(text) if text else None

    def read(self, response: http.client.HTTPResponse) -> bytes:
        """Return an answer whole, which is short.

        :raises Lost: the connection broke.
        """
        try:
            return response.read(_LONGEST)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise Lost(f"{self.url}: the answer broke off: {error}.") from None

    def close(self) -> None:
        """Close the connection; the next question opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def stat(self, path: str) -> Stat | None:
        """Return what is at *path*; None: nothing."""
        if not path:
            return Stat(folder=True)
        try:
            response = self.ask("HEAD", path)
        except Refused as error:
            if error.answered == _NOTHING:
                return None
            raise
        self.read(response)
        if response.status == _FOLDER:
            return Stat(folder=True)
        mode = int(response.headers.get("aen-mode", "0"), 8)
        size = int(response.headers.get("content-length", "0"))
        return Stat(False, size, response.headers.get("etag", ""), bool(mode & 0o100))

    def entries(self, path: str) -> Iterator[Mapping[str, Any]]:
        """Give what is in a folder, page after page."""
        query: dict[str, object] = {}
        while True:
            page = self.json("GET", f"{path}/" if path else "", query)
            yield from page["items"]
            if page["next"] is None:
                return
            query = {"after": page["next"]}


def _sends(body: Body) -> bool:
    """Whether a body can be sent only once."""
    return body is not None and not isinstance(body, bytes)


def _once(
    connection: http.client.HTTPConnection,
    method: str,
    target: str,
    body: Body,
    headers: Mapping[str, str],
) -> http.client.HTTPResponse:
    """Ask; a refusal may come before everything was sent, and is heard."""
    try:
        connection.request(method, target, body, headers)
    except (BrokenPipeError, ConnectionResetError) as error:
        try:
            return connection.getresponse()
        except (OSError, http.client.HTTPException):
            raise error from None
    return connection.getresponse()


def _content(text: bytes) -> object:
    try:
        content: object = json.loads(text)
    except ValueError:
        return None
    return content


@contextmanager
def open_files(desk: Desk, project: str) -> Iterator[FilesApp]:
    """Give the files app of a project, which is started if need be.

    :raises Refused: it cannot be opened; says why.
    """
    path = f"{project_path(project)}/apps/files"
    app = made(App, desk.client.ask("GET", path))
    if app.state != "running":
        try:
            launched(desk, path)
        except Refused as error:
            # Who may only read has it started by the gateway, with the first request.
            if error.code != "forbidden":
                raise
    if not app.url:
        raise Unreachable("The server does not say where the files app is.")
    opened = FilesApp(app.url, desk.client.token, desk.pause)
    try:
        yield opened
    finally:
        opened.close()
