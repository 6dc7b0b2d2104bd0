"""The API as typed calls, over the standard library's HTTP."""

import http.client
import json
import ssl
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar
from urllib.parse import quote, urlencode, urlsplit

from attrs import field, frozen

from aen.cli.problems import NotSignedIn, Refused, Unreachable, Wrong

_LONGEST = 32 * 1024 * 1024
_UNAUTHENTICATED = 401
_NO_CONTENT = 204
_ERRORS = 400
T = TypeVar("T")


@frozen
class Client:
    """Asks one server, as the owner of one token."""

    url: str
    """Scheme, host and port; a path where the server is below one."""
    token: str = field(default="", repr=False)
    timeout: float = 60.0

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        query: Mapping[str, object] | None = None,
    ) -> Any:
        """Return the JSON of an answer; None where there is none.

        :raises Refused: the server says no, and why.
        :raises NotSignedIn: there is no token, or not a good one.
        :raises Unreachable: there is no answer.
        """
        status, text = self._exchange(method, _target(self.url, path, query), body)
        if status == _NO_CONTENT:
            return None
        try:
            content = json.loads(text)
        except ValueError:
            raise Unreachable(
                f"{self.url} answers, but not as an AEN server (status {status})."
            ) from None
        if status < _ERRORS:
            return content
        raise refusal(status, content)

    def every(
        self, path: str, query: Mapping[str, object] | None = None
    ) -> Iterator[Any]:
        """Give the items of a list, page after page."""
        cursor: object = None
        while True:
            asked = {**(query or {}), "limit": 200, "cursor": cursor}
            page = self.ask("GET", path, query=asked)
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def _exchange(self, method: str, target: str, body: object) -> tuple[int, bytes]:
        headers = {"Accept": "application/json", "User-Agent": "aen"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        content = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            content = json.dumps(body).encode()
        connection = connect(self.url, self.timeout)
        try:
            connection.request(method, target, content, headers)
            response = connection.getresponse()
            return response.status, response.read(_LONGEST)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Unreachable(f"{self.url} does not answer: {error}.") from None
        finally:
            connection.close()


def connect(url: str, timeout: float) -> http.client.HTTPConnection:
    """Return a connection to where *url* is; it is made with the first request."""
    parts = urlsplit(url)
    if parts.scheme == "https":
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(
            parts.netloc, timeout=timeout, context=context
        )
    return http.client.HTTPConnection(parts.netloc, timeout=timeout)


def _target(url: str, path: str, query: Mapping[str, object] | None) -> str:
    given = {name: one for name, one in (query or {}).items() if one not in (None, "")}
    asked = f"?{urlencode(given)}" if given else ""
    return f"{urlsplit(url).path.rstrip('/')}/api/v1{path}{asked}"


def refusal(status: int, content: object) -> Exception:
    """Return what an answer that is an error says."""
    error = content.get("error") if isinstance(content, dict) else None
    inside = error if isinstance(error, dict) else {}
    message = str(inside.get("message") or f"The server answered with {status}.")
    if status == _UNAUTHENTICATED:
        return NotSignedIn(f"{message} Sign in with: aen login URL")
    log = inside.get("log")
    lines = [str(one) for one in log] if isinstance(log, list) else []
    return Refused(
        "\n  ".join([message, *lines]), str(inside.get("code", "error")), status
    )


def project_path(text: str) -> str:
    """Return the API's path of a project written as ``owner/name``."""
    owner, _, name = text.partition("/")
    if not owner or not name or "/" in name:
        raise Wrong(f"“{text}” is no project; write it as owner/name.")
    return f"/projects/{quote(owner, safe='')}/{quote(name, safe='')}"


def check_server(text: str) -> str:
    """Return the address of a server as typed, or raise `Wrong`."""
    typed = text.strip()
    url = typed if "://" in typed else f"https://{typed}"
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Wrong(f"“{text}” is no address of a server, as https://aen.example.org.")
    return url.rstrip("/")
