"""Request and response heads as values."""

from attrs import Factory, field, frozen

Headers = tuple[tuple[bytes, bytes], ...]


class _Headers:
    """Looking headers up; built once, since every head is asked many times."""

    __slots__ = ()

    headers: Headers
    keys: tuple[bytes, ...]
    _first: dict[bytes, bytes]

    def header(self, name: bytes) -> bytes | None:
        """Return the first value of the header with this lower-case name."""
        return self._first.get(name)

    def values(self, name: bytes) -> tuple[bytes, ...]:
        """Return all values of the header with this lower-case name."""
        first = self._first.get(name)
        if first is None:
            return ()
        if len(self._first) == len(self.keys):
            return (first,)
        return tuple(
            value
            for key, (_, value) in zip(self.keys, self.headers, strict=True)
            if key == name
        )

    def says_close(self) -> bool:
        """Return whether ``Connection`` asks to close."""
        value = self._first.get(b"connection")
        if value is None or value == b"keep-alive":
            return False
        return b"close" in tokens(self.values(b"connection"))


def _lower(head: _Headers) -> tuple[bytes, ...]:
    return tuple([name.lower() for name, _ in head.headers])


def _index(head: _Headers) -> dict[bytes, bytes]:
    # Of two headers with one name the first must win: begin at the end.
    pairs = zip(reversed(head.keys), reversed(head.headers), strict=True)
    return {key: value for key, (_, value) in pairs}


def tokens(values: tuple[bytes, ...]) -> list[bytes]:
    """Return the lower-case members of comma-separated header values."""
    return [
        member.strip(b" \t").lower()
        for value in values
        for member in value.split(b",")
        if member.strip(b" \t")
    ]


@frozen
class Peer:
    """Who is at the other end of a client's connection.

    *host* is empty and *port* 0 for a UNIX socket; *secure* means TLS.
    """

    host: str
    port: int
    secure: bool


@frozen
class RequestHead(_Headers):
    """One request's method, target and headers, in the order and case received.

    *target* is in origin form, or ``*``. *version* is ``"1.1"`` or ``"1.0"``.
    """

    method: bytes
    target: bytes
    version: str
    headers: Headers
    keys: tuple[bytes, ...] = field(
        init=False,
        eq=False,
        repr=False,
        default=Factory(_lower, takes_self=True),
    )
    """The names of *headers* in lower case."""
    _first: dict[bytes, bytes] = field(
        init=False,
        eq=False,
        repr=False,
        default=Factory(_index, takes_self=True),
    )

    @property
    def path(self) -> bytes:
        """The target without its query."""
        return self.target.partition(b"?")[0]

    @property
    def upgrade(self) -> bool:
        """Whether this is a valid WebSocket opening handshake (RFC 6455, 4.2.1)."""
        return (
            b"upgrade" in self._first
            and self.method == b"GET"
            and self.version == "1.1"
            and tokens(self.values(b"upgrade")) == [b"websocket"]
            and b"upgrade" in tokens(self.values(b"connection"))
            and self.values(b"sec-websocket-version") == (b"13",)
            and _is_key(self.values(b"sec-websocket-key"))
        )

    @property
    def wants_page(self) -> bool:
        """Whether a person navigates here, as opposed to a script fetching."""
        if self.method not in (b"GET", b"HEAD"):
            return False
        mode = self._first.get(b"sec-fetch-mode")
        if mode is not None:
            return mode == b"navigate"
        return b"text/html" in self._first.get(b"accept", b"").lower()

    def cookies(self) -> dict[bytes, bytes]:
        """Return the cookies by name; of two with one name the first."""
        found: dict[bytes, bytes] = {}
        for line in self.values(b"cookie"):
            for pair in line.split(b";"):
                name, equals, value = pair.partition(b"=")
                if equals:
                    found.setdefault(name.strip(b" \t"), value.strip(b" \t"))
        return found


@frozen
class ResponseHead(_Headers):
    """One response's status, reason and headers, in the order and case received."""

    version: str
    status: int
    reason: bytes
    headers: Headers
    keys: tuple[bytes, ...] = field(
        init=False,
        eq=False,
        repr=False,
        default=Factory(_lower, takes_self=True),
    )
    """The names of *headers* in lower case."""
    _first: dict[bytes, bytes] = field(
        init=False,
        eq=False,
        repr=False,
        default=Factory(_index, takes_self=True),
    )


_KEY_LETTERS = frozenset(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
)


def _is_key(values: tuple[bytes, ...]) -> bool:
    """Sixteen bytes in base64 are 22 letters and two equals signs."""
    return (
        len(values) == 1
        and len(values[0]) == 24  # noqa: PLR2004 -- said above
        and values[0].endswith(b"==")
        and _KEY_LETTERS.issuperset(values[0][:22])
    )
