"""The WebSocket opening handshake through a proxy: who may, and what was agreed.

Subprotocol and compression are agreed between the client and the application, so
the frames in between can be relayed as they are. The client's own key goes to the
application, and its answer is checked here. autobahn judges the parameters of
``permessage-deflate``; no other extension passes.
"""

import base64
import hashlib
import hmac
from typing import Any, Final

from attrs import evolve
from autobahn.websocket.compress_deflate import (
    PerMessageDeflateOffer,
    PerMessageDeflateResponse,
)

from aen.proxy import answers
from aen.proxy.errors import UpstreamBroke
from aen.proxy.head import Headers, Peer, RequestHead, ResponseHead, tokens
from aen.proxy.routing import Answer, Forward

# RFC 6455 section 1.3.
_GUID: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_DEFLATE: Final = "permessage-deflate"
_MOST_OFFERS: Final = 8


def refusal(head: RequestHead, forward: Forward, peer: Peer) -> Answer | None:
    """Return what to answer a client that may not have its WebSocket."""
    body = head.header(b"content-length") or head.header(b"transfer-encoding")
    if not head.upgrade or body is not None:
        return answers.bad_handshake(head)
    if not origin_allowed(head, forward, peer):
        return answers.error(403, head)
    return None


def prepared(head: RequestHead, forward: Forward) -> Forward:
    """Return *forward* such that the upstream is asked for the WebSocket."""
    return evolve(
        forward,
        drop_headers=forward.drop_headers | {b"sec-websocket-extensions"},
        set_headers=(*forward.set_headers, *handshake_fields(head)),
    )


def origin_allowed(head: RequestHead, forward: Forward, peer: Peer) -> bool:
    """Return whether the page that opens this WebSocket may do so.

    Browsers always send ``Origin``; a client without it is no browser, and carries
    no cookies it was not given.
    """
    origins = head.values(b"origin")
    if not origins:
        return True
    if len(origins) > 1:
        return False
    origin = origins[0].decode("latin-1").lower()
    if forward.origins is not None:
        return origin in forward.origins
    host = (head.header(b"host") or b"").decode("latin-1").lower()
    scheme = "https" if peer.secure else "http"
    return origin in (f"{scheme}://{host}", f"{scheme}://{_no_default(host, scheme)}")


def _no_default(host: str, scheme: str) -> str:
    """Leave out the port a browser leaves out of an origin."""
    return host.removesuffix(":443" if scheme == "https" else ":80")


def handshake_fields(head: RequestHead) -> Headers:
    """Return the headers that make the upstream's request an opening handshake.

    Offers of extensions that could not be relayed are left out.
    """
    offers = [
        text
        for text in _members(head.values(b"sec-websocket-extensions"))[:_MOST_OFFERS]
        if _parsed(text, PerMessageDeflateOffer) is not None
    ]
    fields: Headers = ((b"Connection", b"Upgrade"), (b"Upgrade", b"websocket"))
    if offers:
        joined = ", ".join(offers).encode("latin-1")
        fields += ((b"Sec-WebSocket-Extensions", joined),)
    return fields


def check_accepted(head: RequestHead, response: ResponseHead) -> None:
    """Check that a ``101`` accepts the handshake of *head*.

    :raises UpstreamBroke: it does not, or agrees to what was not offered.
    """
    if (
        response.version != "1.1"
        or tokens(response.values(b"upgrade")) != [b"websocket"]
        or b"upgrade" not in tokens(response.values(b"connection"))
        or response.header(b"content-length") is not None
        or response.header(b"transfer-encoding") is not None
    ):
        raise UpstreamBroke("a malformed switch of protocols")
    accepts = response.values(b"sec-websocket-accept")
    expected = accept_key(head.header(b"sec-websocket-key") or b"")
    if len(accepts) != 1 or not hmac.compare_digest(accepts[0], expected):
        raise UpstreamBroke("a switch of protocols with a wrong key")
    _check_protocol(head, response)
    _check_extensions(head, response)


def accept_key(key: bytes) -> bytes:
    """Return the ``Sec-WebSocket-Accept`` for a ``Sec-WebSocket-Key``."""
    digest = hashlib.sha1(key + _GUID, usedforsecurity=False).digest()
    return base64.b64encode(digest)


def _check_protocol(head: RequestHead, response: ResponseHead) -> None:
    chosen = response.values(b"sec-websocket-protocol")
    if not chosen:
        return
    offered = _members(head.values(b"sec-websocket-protocol"))
    if len(chosen) > 1 or chosen[0].decode("latin-1") not in offered:
        raise UpstreamBroke("a subprotocol that was not offered")


def _check_extensions(head: RequestHead, response: ResponseHead) -> None:
    agreed = _members(response.values(b"sec-websocket-extensions"))
    if not agreed:
        return
    offered = len(handshake_fields(head)) > 2  # noqa: PLR2004 -- beyond the fixed two
    if (
        len(agreed) > 1
        or not offered
        or _parsed(agreed[0], PerMessageDeflateResponse) is None
    ):
        raise UpstreamBroke("an extension that was not offered")


def _members(values: tuple[bytes, ...]) -> list[str]:
    members = [m.strip(" \t") for v in values for m in v.decode("latin-1").split(",")]
    return [member for member in members if member]


def _parsed(text: str, kind: Any) -> Any:
    """Return autobahn's reading of one extension, or None if it refuses it."""
    name, *rest = (part.strip(" \t") for part in text.split(";"))
    if name.lower() != _DEFLATE:
        return None
    parameters: dict[str, list[str | bool]] = {}
    for part in rest:
        key, equals, value = part.partition("=")
        parameters.setdefault(key.strip().lower(), []).append(
            value.strip().strip('"') if equals else True
        )
    try:
        return kind.parse(parameters)
    except Exception:  # noqa: BLE001 -- autobahn raises Exception itself
        return None
