"""Which names are ours, and which peers are proxies whose word we take."""

import ipaddress
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from attrs import evolve, frozen

from aen.proxy import grammar
from aen.proxy.head import Peer, RequestHead

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

UNIX: Final = "unix"
"""Stands for every peer that comes over a UNIX socket."""
ANY: Final = "*"
_SAID: Final = (b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host")
_LOOPBACK: Final = frozenset({b"localhost", b"127.0.0.1", b"[::1]"})


@frozen
class Trust:
    """What a client's word is worth; the default serves any name, believes nobody."""

    hosts: frozenset[bytes] | None = None
    """The names served, in lower case and without port; None: any."""
    proxies: tuple[Network, ...] = ()
    """Peers whose ``X-Forwarded-For``, ``-Proto`` and ``-Host`` are believed."""
    unix: bool = False
    """Whether peers that come over a UNIX socket are believed."""

    @classmethod
    def of(
        cls, hosts: Iterable[str] | None = None, proxies: Iterable[str] = ()
    ) -> "Trust":
        """Return what settings say.

        *hosts* are names, addresses or whole URLs; those of this machine's loopback
        are served too, since no other page can be reached by them; ``*`` is any name.
        *proxies* are addresses, networks, or ``unix``.

        :raises ValueError: naming what is neither a name nor an address.
        """
        listed = tuple(proxies)
        networks = tuple(ipaddress.ip_network(one) for one in listed if one != UNIX)
        named = None if hosts is None else tuple(hosts)
        if named is None or ANY in named:
            return cls(None, networks, UNIX in listed)
        names = frozenset(_name(one) for one in named) | _LOOPBACK
        return cls(names, networks, UNIX in listed)

    def serves(self, head: RequestHead, here: str) -> bool:
        """Return whether the request is for a name of ours.

        *here* is the address the client has connected to: that is ours as well.
        HTTP/1.0 may name nobody.
        """
        host = head.header(b"host")
        if self.hosts is None or host is None:
            return True
        name = _without_port(host.lower())
        return name in self.hosts or (bool(here) and name == _bracketed(here))

    def believes(self, peer: Peer) -> bool:
        """Return whether *peer* is a proxy of ours."""
        if not peer.host:
            return self.unix
        return bool(self.proxies) and self._ours(peer.host)

    def behind(self, head: RequestHead, peer: Peer) -> tuple[RequestHead, Peer]:
        """Return the request and the client as a believed *peer* describes them."""
        if not any(map(head.header, _SAID)):
            return head, peer
        host = _last(head, b"x-forwarded-host")
        if host is not None and grammar.HOST_VALUE.fullmatch(host) is not None:
            head = _with_host(head, host)
        scheme = _last(head, b"x-forwarded-proto")
        if scheme is not None and scheme.lower() in (b"http", b"https"):
            peer = evolve(peer, secure=scheme.lower() == b"https")
        client = self._client(head)
        return head, peer if client is None else evolve(peer, host=client, port=0)

    def _client(self, head: RequestHead) -> str | None:
        """Return who came to the first of our proxies.

        What our own proxies have written stands at the end; before the first
        address that is none of theirs anybody may have written anything.
        """
        client = None
        listed = b",".join(head.values(b"x-forwarded-for")).split(b",")
        for member in reversed(listed):
            text = member.strip(b" \t").decode("latin-1")
            try:
                client = str(ipaddress.ip_address(text.strip("[]")))
            except ValueError:
                break
            if not self._ours(client):
                break
        return client

    def _ours(self, host: str) -> bool:
        try:
            address = _unmapped(host)
        except ValueError:
            return False
        return any(address in network for network in self.proxies)


def _unmapped(host: str) -> Address:
    """Return the address; one that IPv6 sockets show of an IPv4 peer as the latter."""
    address = ipaddress.ip_address(host)
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def _name(one: str) -> bytes:
    """Return the name in a setting, which may be a URL, as ``Host`` spells it."""
    text = (urlsplit(one).netloc if "://" in one else one).strip().lower()
    value = _bracketed(text)
    if not text.isascii() or grammar.HOST_VALUE.fullmatch(value) is None:
        raise ValueError(f"“{one}” is not the name of a host")
    return _without_port(value)


def _bracketed(host: str) -> bytes:
    try:
        address = _unmapped(host)
    except ValueError:
        return host.encode("ascii", "replace")
    return (f"[{address}]" if address.version == 6 else str(address)).encode()  # noqa: PLR2004


def _without_port(host: bytes) -> bytes:
    name, colon, digits = host.rpartition(b":")
    if colon and not digits.endswith(b"]"):
        host = name
    # A dot at its end makes a name absolute; it is the same name.
    return host.removesuffix(b".")


def _last(head: RequestHead, name: bytes) -> bytes | None:
    """Return the last member: what the proxy nearest to us has written."""
    values = head.values(name)
    return values[-1].rpartition(b",")[2].strip(b" \t") if values else None


def _with_host(head: RequestHead, host: bytes) -> RequestHead:
    others = [
        field
        for key, field in zip(head.keys, head.headers, strict=True)
        if key != b"host"
    ]
    return evolve(head, headers=((b"Host", host), *others))
