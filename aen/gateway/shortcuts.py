"""Requests like one that was let through are found again by a few look-ups.

A browser sends the same cookies a hundred times a minute, to the same app. What was
decided for the first such request holds for the next as long as everything it rests
on does: the pass, the grant, the opened app, the ticket. Each is asked, every time.
"""

import math

from attrs import define, field, frozen

from aen.gateway.grants import Grants, Known
from aen.gateway.opening import Opened, Openings
from aen.gateway.paths import AppAddress
from aen.model.names import AppName
from aen.proxy.head import RequestHead
from aen.proxy.routing import Forward
from aen.wire.messages import Grant

_REMEMBERED = 4096
_COOKIE_BYTES = 2048
_SEGMENTS = 5  # "", owner, project, app, the rest

Key = tuple[str, bytes, bytes, bytes]
"""A session, and the first three segments of a target."""


@frozen
class Way:
    """A decision, and what it rests on; *until* is in seconds since the epoch."""

    forward: Forward
    known: Known
    grant: Grant
    app: AppName
    opened: Opened
    until: float = math.inf


@define
class Shortcuts:
    """Remembers which cookies were whose pass, and where such requests went."""

    _grants: Grants
    _openings: Openings
    _sessions: dict[bytes, tuple[str, float]] = field(factory=dict, init=False)
    """By the value of ``Cookie``: a session, and when its pass expires."""
    _ways: dict[Key, Way] = field(factory=dict, init=False)

    def find(self, head: RequestHead, now: float) -> Forward | None:
        """Return what was decided for requests like this one, if it still holds."""
        fields = head.fields.first
        cookie = fields.get(b"cookie")
        if cookie is None or b"authorization" in fields:
            return None
        session, expires = self._sessions.get(cookie, _NOBODY)
        segments = head.target.split(b"/", _SEGMENTS - 1)
        if expires <= now or len(segments) != _SEGMENTS:
            return None
        way = self._ways.get((session, segments[1], segments[2], segments[3]))
        if way is None or not self._holds(way, now):
            return None
        return way.forward

    def _holds(self, way: Way, now: float) -> bool:
        return (
            now < way.until
            and self._grants.holds(way.known, now)
            and self._openings.known(way.grant, way.app) is way.opened
        )

    def remember(
        self, head: RequestHead, expires: float, address: AppAddress, way: Way
    ) -> None:
        """Let requests with the cookies of *head* for *address* go *way*.

        *expires* is when the pass among them ends, in seconds since the epoch.
        """
        cookies = head.values(b"cookie")
        session = way.known.question.credential.session
        if session is None or len(cookies) != 1 or len(cookies[0]) > _COOKIE_BYTES:
            return
        if max(len(self._sessions), len(self._ways)) >= _REMEMBERED:
            self._sessions.clear()
            self._ways.clear()
        self._sessions[cookies[0]] = (session, expires)
        path = address.path
        owner, project, app = path.owner.encode(), path.name.encode(), way.app.encode()
        self._ways[session, owner, project, app] = way


_NOBODY = ("", -math.inf)
