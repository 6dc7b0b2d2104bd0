"""What can be wrong with the bytes of a peer: whose fault it is, what to answer."""


class ProtocolError(Exception):
    """The client's bytes are not HTTP this proxy accepts."""

    status = 400


class HeadTooLarge(ProtocolError):
    """The request line and headers exceed the limits."""

    status = 431


class Misdirected(ProtocolError):
    """The request is for a host that is none of ours."""

    status = 421


class UnknownVersion(ProtocolError):
    """The request names an HTTP version that is neither 1.0 nor 1.1."""

    status = 505


class MethodRefused(ProtocolError):
    """The method is unknown, or (CONNECT, TRACE) none a reverse proxy serves."""

    status = 501


class ExpectationFailed(ProtocolError):
    """The request expects something other than ``100-continue``."""

    status = 417


class UpstreamBroke(ProtocolError):
    """The upstream answered with bytes that are not HTTP this proxy accepts."""

    status = 502
