"""A program that calls the API with a token."""

import json
from typing import Any

from attrs import define
from twisted.internet.defer import Deferred

from aen.server.rooms import Rooms
from tests.outcomes import now
from tests.server.web.browser import Answered, Browser
from tests.server.web.example import signed_in


@define
class Program:
    """Calls the API."""

    browser: Browser
    token: str = ""

    def ask(
        self, method: str, path: str, body: Any = None, **headers: str
    ) -> tuple[int, Any]:
        """Return the status and the JSON of an answer."""
        answered = self.raw(method, path, body, **headers)
        assert answered.header("content-security-policy")
        if answered.status == 204:
            assert not answered.text
            return 204, None
        assert answered.header("content-type").startswith("application/json")
        return answered.status, json.loads(answered.text)

    def raw(self, method: str, path: str, body: Any = None, **headers: str) -> Answered:
        """Return an answer as it is."""
        if self.token:
            headers.setdefault("authorization", f"Bearer {self.token}")
        content = b""
        if body is not None:
            headers.setdefault("content_type", "application/json")
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.browser.ask(method, f"/api/v1{path}", content, headers)


def token_of(rooms: Rooms, name: str, **limits: Any) -> str:
    """Return a new token of somebody."""

    async def make() -> str:
        _, caller = await signed_in(rooms, name)
        _, text = await rooms.api_tokens.add_token(caller, "test", **limits)
        return text

    return now(Deferred.fromCoroutine(make()))
