"""What is changed on the way to a target and back."""

from typing import Final
from urllib.parse import urlsplit

from attrs import evolve, frozen

from aen.proxy.head import Headers, Peer, RequestHead, ResponseHead
from aen.proxy.rewrite import FORWARDED
from aen.proxy.standalone.hosts import host_port
from aen.proxy.standalone.options import Options
from aen.proxy.standalone.routes import Route, behind

_LEADING: Final = frozenset({201, 301, 302, 303, 307, 308})
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_MAPPED: Final = "::ffff:"


def new_target(options: Options, route: Route, head: RequestHead) -> bytes | None:
    """Return what to ask the target for, None: what the client has asked for."""
    base = route.target.base if options.prepend_path else b""
    if head.target == b"*" or (options.include_prefix and not base):
        return None
    rest, mark, query = head.target.partition(b"?")
    if not options.include_prefix:
        rest = behind(rest, _of_path(options, route.prefix))
    if rest and not rest.startswith(b"/"):
        rest = b"/" + rest
    return (base + rest or b"/") + mark + query


def _of_path(options: Options, prefix: str) -> str:
    """Return the part of a prefix that is the path's: the first may be the host's."""
    if not options.host_routing:
        return prefix
    return "/" + prefix[1:].partition("/")[2]


def new_headers(
    options: Options, route: Route, head: RequestHead, peer: Peer
) -> Headers:
    """Return the headers that the target gets in place of the client's."""
    fields: list[tuple[bytes, bytes]] = []
    if options.change_origin:
        fields.append((b"Host", route.target.host))
    if options.x_forward:
        fields.append((b"X-Forwarded-Port", host_port(head, peer)))
        if peer.host.startswith(_MAPPED):
            plain = peer.host.removeprefix(_MAPPED).encode("ascii", "replace")
            fields.append((b"X-Forwarded-For", plain))
    elif options.trust.believes(peer):
        fields += _as_they_came(head)
    if not options.custom_headers:
        return tuple(fields)
    own = {name.lower() for name, _ in options.custom_headers}
    kept = [field for field in fields if field[0].lower() not in own]
    return (*kept, *options.custom_headers)


def _as_they_came(head: RequestHead) -> list[tuple[bytes, bytes]]:
    """Return what a proxy in front of us says of the client."""
    return [
        field
        for key, field in zip(head.keys, head.headers, strict=True)
        if key in FORWARDED and key != b"x-request-id"
    ]


@frozen
class Leading:
    """Changes redirects that lead to the target itself.

    *own* is how the target calls itself, *host* how the client calls us; with *host*
    None only the scheme changes.
    """

    own: bytes
    host: bytes | None
    scheme: str | None

    def edit(self, head: ResponseHead) -> ResponseHead:
        """Return the response with its ``Location`` changed."""
        if head.status not in _LEADING or head.header(b"location") is None:
            return head
        fields = tuple(
            (name, self._led(value) if key == b"location" else value)
            for key, (name, value) in zip(head.keys, head.headers, strict=True)
        )
        return evolve(head, headers=fields)

    def _led(self, value: bytes) -> bytes:
        try:
            parts = urlsplit(value.decode("ascii"))
            port = parts.port
        except ValueError:
            return value
        if _DEFAULT_PORTS.get(parts.scheme) is None or parts.hostname is None:
            return value
        name = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        if port not in (None, _DEFAULT_PORTS[parts.scheme]):
            name = f"{name}:{port}"
        if name.encode("ascii") != self.own.lower() or "@" in parts.netloc:
            return value
        netloc = parts.netloc if self.host is None else self.host.decode("ascii")
        led = parts._replace(scheme=self.scheme or parts.scheme, netloc=netloc)
        return led.geturl().encode("ascii")


def leading(options: Options, route: Route, head: RequestHead) -> Leading | None:
    """Return what changes redirects, if the options say to change them."""
    if not (options.auto_rewrite or options.protocol_rewrite):
        return None
    host = head.header(b"host") if options.auto_rewrite else None
    return Leading(route.target.host, host, options.protocol_rewrite)
