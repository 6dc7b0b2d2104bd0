"""Request and response heads as values."""

from attrs import define, field, frozen

Headers = tuple[tuple[bytes, bytes], ...]


class Fields:
    """Header fields in the order and case received; indexed once, asked many times."""

    __slots__ = ("first", "headers", "keys")

    def __init__(self, headers: Headers) -> None:
        self.headers = headers
        self.keys = tuple([name.lower() for name, _ in headers])
        """The names in lower case."""
        values = [value for _, value in headers]
        # Of two headers with one name the first must win: begin at the end.
        self.first = dict(zip(reversed(self.keys), reversed(values), strict=True))
        """The first value of each name."""

    def __eq__(self, other: object) -> bool:
        """Return whether the same was received."""
        return isinstance(other, Fields) and self.headers == other.headers

    def __hash__(self) -> int:
        """Return a hash of what was received."""
        return hash(self.headers)

    def __repr__(self) -> str:
        """Return what was received."""
        return repr(self.headers)

    def values(self, name: bytes) -> tuple[bytes, ...]:
        """Return all values of the header with this lower-case name."""
        first = self.first.get(name)
        if first is None:
            return ()
        if len(self.first) == len(self.keys):
            return (first,)
        return tuple(
            value
            for key, (_, value) in zip(self.keys, self.headers, strict=True)
            if key == name
        )


def _indexed(headers: Headers | Fields) -> Fields:
    return headers if isinstance(headers, Fields) else Fields(headers)


class _Head:
    """Looking headers up."""

    __slots__ = ()

    fields: Fields

    @property
    def headers(self) -> Headers:
        """The header fields, in the order and case received."""
        return self.fields.headers

    @property
    def keys(self) -> tuple[bytes, ...]:
        """The names of *headers* in lower case."""
        return self.fields.keys

    def header(self, name: bytes) -> bytes | None:
        """Return the first value of the header with this lower-case name."""
        return self.fields.first.get(name)

    def values(self, name: bytes) -> tuple[bytes, ...]:
        """Return all values of the header with this lower-case name."""
        return self.fields.values(name)

    def says_close(self) -> bool:
        """Return whether ``Connection`` asks to close."""
        value = self.fields.first.get(b"connection")
        if value is None or value == b"keep-alive":
            return False
        return b"close" in tokens(self.values(b"connection"))


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


@define(init=False, unsafe_hash=True)
class RequestHead(_Head):
    """One request's method, target and headers, in the order and case received.

    *target* is in origin form, or ``*``. *version* is ``"1.1"`` or ``"1.0"``.
    """

    method: bytes
    target: bytes
    version: str
    fields: Fields = field(alias="headers")

    def __init__(
        self, method: bytes, target: bytes, version: str, headers: Headers | Fields
    ) -> None:
        # A value like the others; attrs would take four times as long to make a
        # frozen one, and every request needs one.
        self.method = method
        self.target = target
        self.version = version
        self.fields = headers if headers.__class__ is Fields else _indexed(headers)

    @property
    def path(self) -> bytes:
        """The target without its query."""
        return self.target.partition(b"?")[0]

    @property
    def upgrade(self) -> bool:
        """Whether this is a valid WebSocket opening handshake (RFC 6455, 4.2.1)."""
        return (
            b"upgrade" in self.fields.first
            and self.method == b"GET"
            and self.version == "1.1"
            and tokens(self.values(b"upgrade")) == [b"websocket"]
            and b"upgrade" in tokens(self.values(b"connection"))
            and self.values(b"sec-websocket-version") == (b"13",)
            and _is_key(self.values(b"sec-websocket-key"))
        )

    @property
    def asks_websocket(self) -> bool:
        """Whether this asks for a WebSocket, validly or not."""
        return b"upgrade" in self.fields.first and b"websocket" in tokens(
            self.values(b"upgrade")
        )

    @property
    def wants_page(self) -> bool:
        """Whether a person navigates here, as opposed to a script fetching."""
        if self.method not in (b"GET", b"HEAD"):
            return False
        mode = self.fields.first.get(b"sec-fetch-mode")
        if mode is not None:
            return mode == b"navigate"
        return b"text/html" in self.fields.first.get(b"accept", b"").lower()

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
class ResponseHead(_Head):
    """One response's status, reason and headers, in the order and case received."""

    version: str
    status: int
    reason: bytes
    fields: Fields = field(alias="headers", converter=_indexed)


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
