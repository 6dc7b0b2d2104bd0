"""Every bound of the proxy in one place."""

from attrs import frozen


@frozen
class Limits:
    """Bounds and time limits of one `ProxyFactory`; times are in seconds."""

    head_bytes: int = 65536
    """Longest request or response head, in bytes."""

    remembered_bytes: int = 4096
    """Longest head that a connection remembers, to recognise the next one, in bytes."""

    headers: int = 100
    """Most header fields in one head."""

    trailer_bytes: int = 8192
    """Longest trailer section of a chunked body, in bytes."""

    interim_responses: int = 16
    """Most 1xx responses before the final one."""

    buffer_bytes: int = 65536
    """Bytes waiting to be written to one peer at which the other is paused."""

    read_bytes: int = 98304
    """Most bytes taken from a connection at once: a message of 64 KB arrives whole with
    its frame, and the C library still finds the memory without asking the kernel."""

    pool_idle: int = 64
    """Most idle connections kept to one upstream."""

    pool_idle_seconds: float = 30
    """How long an idle upstream connection is kept."""

    unsafe_idle_seconds: float = 2
    """How long a connection may have been idle to be used for a request that cannot
    be repeated should the connection prove dead."""

    attempts: int = 3
    """Most upstreams tried for one request, the router's substitutes included."""

    requests_per_connection: int = 100_000
    """Requests answered on one client connection before it is closed."""

    head_seconds: float = 20
    """From the first byte of a request head to its last."""

    keepalive_seconds: float = 75
    """How long a client connection may be idle between requests."""

    route_seconds: float = 60
    """How long the router may take to decide."""

    body_seconds: float = 60
    """Longest pause inside a request body."""

    connect_seconds: float = 5
    """How long connecting to an upstream may take."""

    first_byte_seconds: float = 600
    """From the end of the request to the first byte of the response."""

    response_seconds: float = 900
    """Longest pause inside a response body (an event stream may be silent)."""

    linger_seconds: float = 2
    """How long the rest of a refused request is read and dropped, so that the
    client sees the answer and not a reset."""

    flush_seconds: float = 60
    """How long the last bytes for a client may take to leave before a close."""

    dead_seconds: float = 60
    """How long a TCP peer may leave probes unanswered, and a client what was sent to
    it, before it counts as gone."""

    half_closed_seconds: float = 5
    """How long a client that has said it sends no more may wait for each part of its
    response: most of them are gone."""

    ping_seconds: float = 30
    """Silence after which a WebSocket client is pinged; after twice this without a
    byte from it the connection is ended."""

    close_seconds: float = 5
    """How long a WebSocket client may take to answer a close frame."""

    greeting_seconds: float = 2
    """While draining: how long who has just connected may take to ask for something."""

    tick_seconds: float = 0.5
    """Grain of all time limits."""
