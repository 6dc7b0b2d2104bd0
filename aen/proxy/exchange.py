"""One request and its response: relaying, failing, ending; `asking` comes before."""

from functools import partial
from typing import Final

from aen.proxy import answers, websocket
from aen.proxy.asking import Asking
from aen.proxy.errors import ProtocolError
from aen.proxy.flow import BUSY
from aen.proxy.head import RequestHead
from aen.proxy.request import RequestBody
from aen.proxy.response import Beginning, ResponseStream
from aen.proxy.routing import Answer, Meter
from aen.proxy.shared import Client, Shared
from aen.proxy.states import State
from aen.proxy.traits import RequestTraits
from aen.proxy.tunnel import Tunnel
from aen.proxy.upstream import UpstreamConnection

_CLIENT_GONE: Final = 499


class Exchange(Asking):
    """One request and its response."""

    __slots__ = (
        "_body",
        "_early",
        "_entry",
        "_keep",
        "_meter",
        "_response",
        "_reused",
        "_simple",
        "_traits",
        "_upstream",
    )

    def __init__(
        self,
        client: Client,
        shared: Shared,
        head: RequestHead,
        traits: RequestTraits,
        *,
        keep: bool,
    ) -> None:
        framing = traits.framing
        Asking.__init__(self, client, shared, head, traits)
        self._traits = traits
        self._keep = keep
        self._body = RequestBody(framing, shared.limits) if framing else None
        # Nothing of the request is behind its head.
        self._simple = not (framing or traits.switches)
        self._early = b""
        self._upstream: UpstreamConnection | None = None
        self._reused = False
        self._response: ResponseStream | None = None
        self._meter: Meter | None = None
        self._entry = shared.new_entry(client.peer, head, traits.named_id)

    def begin(self, rest: bytes) -> bytes:
        """Ask the router; return what of *rest* is not this request's."""
        if self._body is not None or self._wants_switch:
            self._early, rest = rest, b""
        self._ask(self._shared.router.route, self._head, self._client.peer)
        return rest

    def client_data(self, data: bytes) -> bytes:
        """Take bytes from the client; return those that are not this request's."""
        if self._body is None and not self._wants_switch:
            return data
        if self._upstream is None or self._body is None:
            self._early += data
            self._client.flow.hold(BUSY)
            return b""
        if self._body.done:
            return data
        self._send_body(self._upstream, self._body, data)
        return self._take_rest()

    @property
    def incomplete(self) -> bool:
        """Whether the client has not sent all of its request."""
        return self._wants_switch or not (self._body is None or self._body.done)

    def client_lost(self) -> None:
        """End: nobody is there to be answered."""
        self._entry.status = self._entry.status or _CLIENT_GONE
        self._end()

    def expired(self) -> None:
        """Answer that it took too long, or break off a response under way."""
        match self.state:
            case State.DECIDING:
                self._answer(answers.error(504, self._head))
            case State.CONNECTING:
                self._failed("connect-timeout")
            case State.WAITING if self._waits_for_client:
                self._answer(answers.error(408, self._head))
            case State.WAITING:
                self._failed("timeout")
            case _:
                self._break_off()

    def close(self, code: int, reason: str) -> None:
        """Break off: the right to this response has ended."""
        self._break_off()

    @property
    def tags(self) -> tuple[str, ...]:
        """What the exchange can be ended by from outside."""
        return self._forward.tags

    def upstream_data(self, data: bytes) -> None:
        """Relay bytes of the response."""
        response = self._response
        if response is None:
            upstream = self._upstream
            assert upstream is not None
            latest = upstream.latest
            if (
                latest is not None
                and self._simple
                and latest.is_whole(data, self._head, self._forward, keep=self._keep)
            ):
                self._relay_whole(upstream, latest, data)
                return
            response = self._open_response(upstream)
        try:
            out = response.take(data)
        except ProtocolError:
            self._failed("protocol")
            return
        if self._meter is not None:
            self._meter.touch()
        if response.status:
            self.state = State.STREAMING
        self._write(out)
        if response.done:
            self._complete(response)
        elif response.switched:
            self._switch(response)
        elif response.status:
            self._allow(self._shared.limits.response_seconds)

    def upstream_lost(self, *, clean: bool) -> None:
        """Finish a response that ends so, try again, or fail."""
        response, self._upstream = self._response, None
        if response is None:
            if self._reused and self._repeatable:
                self._connect()  # Closed while idle: tells nothing of the upstream.
            else:
                self._failed("closed")
            return
        self._write(response.upstream_closed(clean=clean))
        if response.done:
            self._complete(response)
        else:
            self._failed("closed")

    @property
    def _waits_for_client(self) -> bool:
        """Whether the rest of the body is to come and there is room for it."""
        return not (self._body is None or self._body.done or self._client.flow.held_up)

    def _connected(self, upstream: UpstreamConnection, *, reused: bool = False) -> None:
        self._connecting = None
        self._reused = reused
        self._upstream = upstream
        self._response = None
        upstream.user = self
        self._meter = self._forward.meter_of(self._head)
        self.state = State.WAITING
        if self._client.flow.full:  # It has not read earlier responses.
            self._client.flow.feed_from(upstream.flow)
        self._send_request(upstream)

    def _open_response(self, upstream: UpstreamConnection) -> ResponseStream:
        """Begin a response of which it is not known how it will come."""
        check = None
        if self._wants_switch:
            check = partial(websocket.check_accepted, self._head)
        self._response = response = ResponseStream(
            self._head,
            self._forward,
            self._shared.limits,
            keep=self._keep,
            check_switch=check,
            latest=upstream.latest,
        )
        self._client.flow.feed_from(upstream.flow)
        return response

    def _relay_whole(
        self, upstream: UpstreamConnection, beginning: Beginning, data: bytes
    ) -> None:
        """Relay *data*: a whole response, that begins as the one before it did."""
        self.state = State.STREAMING
        self._upstream = None
        flow = self._client.flow
        if flow.feeder is not None:
            flow.feed_from(None)
        if self._meter is not None:
            self._meter.touch()
        sent = beginning.sent + data[len(beginning.raw) :]
        self._entry.sent += len(sent)
        flow.write(sent)
        if beginning.reusable:
            self._shared.pool.give(upstream)
        else:
            upstream.retire()
        self._finish(beginning.status)
        self._client.answered(b"", keep=beginning.keep, unread=False)

    def _send_request(self, upstream: UpstreamConnection) -> None:
        head = self._traits.rewritten(
            self._head, self._forward, self._client.peer, self._entry.request_id
        )
        self._committed = not self._repeatable
        if self._body is None:
            shared = self._shared
            self._client.deadline = shared.sweep.now + shared.limits.first_byte_seconds
            upstream.flow.write(head)
            return
        upstream.flow.feed_from(self._client.flow)
        early, self._early = self._early, b""
        self._client.flow.release(BUSY)
        self._send_body(upstream, self._body, early, head)
        rest = self._take_rest()
        if rest:
            self._client.push_back(rest)

    def _send_body(
        self,
        upstream: UpstreamConnection,
        body: RequestBody,
        data: bytes,
        head: bytes = b"",
    ) -> None:
        """Pass *data* on, behind *head* if that is still to be sent."""
        try:
            passed = body.take(data, self._forward)
        except ProtocolError as error:
            if self.state is State.STREAMING:
                self._break_off()  # An answer now would be part of the response.
            else:
                self._answer(answers.error(error.status, self._head))
            return
        if head or passed:
            upstream.flow.write(head + passed)
        if self._meter is not None:
            self._meter.touch()
        self._allow(self._patience(body))

    def _patience(self, body: RequestBody) -> float:
        """Return how long the next byte may take, from whoever is to send it."""
        limits = self._shared.limits
        if self.state is State.STREAMING:
            return limits.response_seconds
        if body.done or self._client.flow.held_up:
            return limits.first_byte_seconds
        return limits.body_seconds

    def _take_rest(self) -> bytes:
        if self._body is None:
            return b""
        rest, self._body.rest = self._body.rest, b""
        return rest

    def _write(self, data: bytes) -> None:
        if data:
            self._entry.sent += len(data)
            self._client.flow.write(data)

    def _failed(self, reason: str) -> None:
        """Ask the router what to do, unless it is too late for anything else."""
        begun = self.state is State.STREAMING
        self._drop_upstream()
        if begun:
            self._break_off()
            return
        self._response = None
        self._reason = reason
        question = self._shared.router.unreachable
        self._ask(question, self._head, self._forward, reason)

    def _switch(self, response: ResponseStream) -> None:
        """Let a tunnel take over both connections."""
        upstream, self._upstream = self._upstream, None
        assert upstream is not None
        self.state = State.ENDED
        entry, forward = self._entry, self._forward
        entry.status = response.status
        entry.upstream = forward.upstream
        tunnel = Tunnel(self._client, upstream, self._shared, forward, entry)
        self._client.switched(tunnel)
        tunnel.begin(self._early, response.rest)

    def _answer(self, answer: Answer) -> None:
        """Answer in place of the upstream."""
        self._drop_upstream()
        early, self._early = self._early, b""
        rest = self._body.skip(early) if self._body is not None else b""
        unread = self.incomplete
        keep = self._keep and not unread
        self._entry.status = answer.status
        self._write(answers.render(answer, self._head, keep=keep))
        self._end()
        self._client.answered(rest, keep=keep, unread=unread)

    def _complete(self, response: ResponseStream) -> None:
        """End with the whole response written."""
        upstream, self._upstream = self._upstream, None
        unread = self.incomplete
        if upstream is not None:
            if unread:
                upstream.drop()
            elif response.reusable:
                if response.beginning is not upstream.latest:
                    upstream.latest = response.worth_keeping
                self._shared.pool.give(upstream)
            else:
                upstream.retire()
        self._client.flow.feed_from(None)
        self._entry.status = response.status
        rest = self._take_rest()
        self._end()
        self._client.answered(rest, keep=response.keep and not unread, unread=unread)

    def _break_off(self) -> None:
        """End the client's connection: what it has got is not whole."""
        response = self._response
        if response is not None:
            self._entry.status = response.status
        self._end()
        if response is not None and response.ends_with_connection:
            self._client.flow.abort()  # An orderly end would make it whole.
        else:
            self._client.broken_off()

    def _drop_upstream(self) -> None:
        self._client.flow.feed_from(None)
        if self._connecting is not None:
            connecting, self._connecting = self._connecting, None
            self.state = State.DECIDING
            connecting.cancel()
        if self._upstream is not None:
            upstream, self._upstream = self._upstream, None
            upstream.drop()

    def _end(self) -> None:
        if self.state is State.ENDED:
            return
        self._drop_upstream()
        self._finish(self._entry.status)

    def _finish(self, status: int) -> None:
        """Note that it is over, and how."""
        self.state = State.ENDED
        entry, shared = self._entry, self._shared
        entry.status = status
        entry.upstream = self._forward.upstream
        shared.note(entry)
