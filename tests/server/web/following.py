"""Following server-sent events as a browser does."""

import json
from typing import Any

from attrs import define
from treq.testing import StubTreq

from tests.outcomes import now
from tests.server.furnished import URL
from tests.server.web.browser import Browser


@define
class Follower:
    """A browser's end of a stream."""

    chunks: list[bytes]
    treq: StubTreq

    @property
    def text(self) -> str:
        """All that has come."""
        self.treq.flush()
        return b"".join(self.chunks).decode()

    @property
    def seen(self) -> str:
        """The number a browser would come back with."""
        marks = [one for one in self.text.split("\n") if one.startswith("id: ")]
        return marks[-1].removeprefix("id: ") if marks else ""

    def events(self) -> list[tuple[str, dict[str, Any]]]:
        """What has come, keep-alives left out."""
        found = []
        for block in self.text.split("\n\n"):
            lines = [one for one in block.split("\n") if not one.startswith("id: ")]
            if lines and lines[0].startswith("event: "):
                data = json.loads(lines[1].removeprefix("data: "))
                found.append((lines[0].removeprefix("event: "), data))
        return found


def follow(browser: Browser, path: str, **more: str) -> Follower:
    """Open a stream as a browser does; names of headers may have underscores."""
    treq: Any = StubTreq(browser.resource)
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    headers = {name.replace("_", "-"): value for name, value in more.items()}
    headers |= {"host": URL.removeprefix("http://"), "accept": "text/event-stream"}
    if cookie:
        headers["cookie"] = cookie
    asked = treq.request("GET", URL + path, headers=headers)
    treq.flush()
    response = now(asked)
    assert response.code == 200
    (kind,) = response.headers.getRawHeaders("content-type")
    assert kind.startswith("text/event-stream")
    chunks: list[bytes] = []
    response.collect(chunks.append)
    treq.flush()
    return Follower(chunks, treq)
