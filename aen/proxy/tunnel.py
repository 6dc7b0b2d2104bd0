"""Two connections that have become one WebSocket conversation."""

import os
from typing import Final

from aen.proxy.access_log import Entry
from aen.proxy.flow import BUSY
from aen.proxy.frames import (
    LONGEST_BEAT,
    PING_FRAME,
    PONG_BYTES,
    FrameWalker,
    close_frame,
    is_beat,
)
from aen.proxy.routing import Forward
from aen.proxy.shared import Client, Shared
from aen.proxy.upstream import UpstreamConnection

_SILENT_PINGS: Final = 2


class Tunnel:
    """Relays frames as bytes, both ways, until either side or `close` ends it.

    Once closing, a direction still gets the rest of the frame it is in the middle
    of, then the close frame, then nothing.
    """

    __slots__ = (
        "_client",
        "_closing",
        "_doubted",
        "_ended",
        "_entry",
        "_finished",
        "_forward",
        "_from_client",
        "_from_upstream",
        "_heard",
        "_pinged",
        "_pong",
        "_shared",
        "_told_client",
        "_told_upstream",
        "_upstream",
    )

    def __init__(
        self,
        client: Client,
        upstream: UpstreamConnection,
        shared: Shared,
        forward: Forward,
        entry: Entry,
    ) -> None:
        self._client = client
        self._upstream: UpstreamConnection | None = upstream
        self._shared = shared
        self._forward = forward
        self._entry = entry
        self._from_client = FrameWalker()
        self._from_upstream = FrameWalker()
        self._closing: tuple[int, str] | None = None
        self._doubted = False
        self._told_client = False
        self._told_upstream = False
        self._ended = False
        self._heard = shared.sweep.now
        self._pinged = False
        self._pong = b""
        """The beginning of what may be the answer to our ping."""
        self._finished = False

    def begin(self, from_client: bytes, from_upstream: bytes) -> None:
        """Take the connections over, and the bytes that came with the handshake."""
        upstream = self._upstream
        assert upstream is not None
        upstream.user = self
        upstream.flow.receive = self.upstream_data
        upstream.flow.feed_from(self._client.flow)
        self._client.flow.feed_from(upstream.flow)
        self._client.flow.release(BUSY)
        self._client.deadline = self._heard + self._shared.limits.ping_seconds
        if from_upstream:
            self.upstream_data(from_upstream)
        if from_client:
            self.client_data(from_client)

    @property
    def tags(self) -> tuple[str, ...]:
        """What the conversation can be ended by from outside, while it goes on."""
        return () if self._ended else self._forward.tags

    def client_data(self, data: bytes) -> None:
        """Relay bytes of the client."""
        self._heard = self._shared.sweep.now
        if self._pinged:
            data = self._without_pong(data)
            if not data:
                return
        if self._closing is not None:
            self._client_data_closing(data, self._closing)
            return
        self._meter(self._from_client, data)
        self._from_client.feed(data)
        if self._upstream is not None:
            self._upstream.flow.write(data)

    def upstream_data(self, data: bytes) -> None:
        """Relay bytes of the upstream."""
        if self._closing is not None:
            self._upstream_data_closing(data, self._closing)
            return
        self._meter(self._from_upstream, data)
        self._from_upstream.feed(data)
        self._entry.sent += len(data)
        self._client.flow.write(data)

    def _meter(self, walker: FrameWalker, data: bytes) -> None:
        """Note the use of the upstream: pings show only that somebody is there."""
        meter = self._forward.meter
        if meter is not None and (
            len(data) > LONGEST_BEAT or not walker.at_boundary or not is_beat(data)
        ):
            meter.touch()

    def client_finished(self) -> None:
        """Pass on that the client says no more; the last words of the other pass."""
        self._finished = True
        limits, now = self._shared.limits, self._shared.sweep.now
        self._client.deadline = now + limits.close_seconds
        if self._upstream is None or not self._upstream.flow.close_writing():
            self._end()
            self._client.broken_off()

    def client_lost(self) -> None:
        """Close the upstream too."""
        self._end()

    def upstream_lost(self, *, clean: bool) -> None:
        """Close the client too, with what was sent but without a word of ours."""
        self._upstream = None
        self._told_upstream = True
        if self._closing is None and self._doubted and not self._from_upstream.closed:
            # What ends a right may end the upstream first: `close` has the reason.
            self._client.flow.feed_from(None)
            limits, now = self._shared.limits, self._shared.sweep.now
            self._client.deadline = now + limits.close_seconds
        elif self._closing is None:
            self._end()
            self._client.broken_off()
        elif not self._told_client:
            # The rest of the frame it was in will never come.
            self._end()
            self._client.flow.abort()

    def doubt(self) -> None:
        """Expect `close` or `trust` soon: an upstream lost meanwhile is no end yet."""
        self._doubted = True

    def trust(self) -> None:
        """Go on as before `doubt`; without the upstream, if that was lost meanwhile."""
        self._doubted = False
        if self._upstream is None and self._closing is None and not self._ended:
            self._end()
            self._client.broken_off()

    def close(self, code: int, reason: str) -> None:
        """Say to both sides, at the end of a frame, that it is over; then end."""
        if self._closing is not None:
            return
        self._closing = (code, reason)
        self._client.deadline = (
            self._shared.sweep.now + self._shared.limits.close_seconds
        )
        if self._from_upstream.at_boundary:
            self._tell_client(code, reason)
        elif self._upstream is None:
            self._end()
            self._client.flow.abort()
        if self._from_client.at_boundary:
            self._tell_upstream(code, reason)

    def expired(self) -> None:
        """Ping a silent client; give up one that is gone."""
        limits, now = self._shared.limits, self._shared.sweep.now
        silent = now - self._heard
        over = self._closing is not None or self._finished or self._upstream is None
        if over or silent > _SILENT_PINGS * limits.ping_seconds:
            self._end()
            self._client.flow.abort()
            return
        if silent < limits.ping_seconds:
            self._client.deadline = self._heard + limits.ping_seconds
            return
        self._client.deadline = now + limits.ping_seconds
        if self._from_upstream.at_boundary:
            self._pinged = True
            self._client.flow.write(PING_FRAME)

    def _without_pong(self, data: bytes) -> bytes:
        """Keep to ourselves the answer to a ping the upstream never sent."""
        data = self._pong + data
        self._pong = b""
        at = self._from_client.find_pong(data)
        if at < 0:
            return data
        end = at + PONG_BYTES
        if end > len(data):
            self._pong = data[at:]
            return data[:at]
        self._pinged = False
        return data[:at] + data[end:]

    def _client_data_closing(self, data: bytes, said: tuple[int, str]) -> None:
        if not self._told_upstream:
            end = self._from_client.feed_to_boundary(data)
            if self._upstream is not None:
                self._upstream.flow.write(data[:end])
            data = data[end:]
            if self._from_client.at_boundary:
                self._tell_upstream(*said)
        self._from_client.feed(data)
        if self._told_client and self._from_client.closed:
            self._end()
            self._client.broken_off()

    def _upstream_data_closing(self, data: bytes, said: tuple[int, str]) -> None:
        if self._told_client:
            return
        end = self._from_upstream.feed_to_boundary(data)
        self._client.flow.write(data[:end])
        if self._from_upstream.at_boundary:
            self._tell_client(*said)

    def _tell_client(self, code: int, reason: str) -> None:
        if not self._from_upstream.closed:
            self._client.flow.write(close_frame(code, reason))
        self._told_client = True
        self._leave_upstream()

    def _tell_upstream(self, code: int, reason: str) -> None:
        if self._upstream is not None and not self._from_client.closed:
            mask = os.urandom(4)
            self._upstream.flow.write(close_frame(code, reason, mask))
        self._told_upstream = True
        self._leave_upstream()

    def _leave_upstream(self) -> None:
        """Let the upstream go once both sides have heard that it is over."""
        if self._told_client and self._told_upstream and self._upstream is not None:
            upstream, self._upstream = self._upstream, None
            self._client.flow.feed_from(None)
            upstream.flow.feed_from(None)
            upstream.retire()

    def _end(self) -> None:
        if self._ended:
            return
        self._ended = True
        self._client.flow.feed_from(None)
        upstream, self._upstream = self._upstream, None
        if upstream is not None:
            upstream.flow.feed_from(None)
            upstream.retire()
        self._shared.note(self._entry)
