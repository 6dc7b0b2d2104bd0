"""LDAP messages to bytes and back: all that knows ldaptor's encoding, with bounds.

Of ldaptor only the encoding is used. Its client would keep whatever a server sends,
take what was sent before TLS for part of the encrypted answer, and imports the reactor.
"""

import enum
from collections.abc import Mapping
from typing import Any, Final

from attrs import field, frozen
from ldaptor.protocols import pureber, pureldap

START_TLS_NAME: Final = pureldap.LDAPStartTLSRequest.oid
_SEQUENCE: Final = 0x30
_LONG_FORM: Final = 0x80
_LENGTH_BYTES: Final = 4
_HEAD: Final = 2


class Garbled(Exception):
    """What has come is not LDAP, or more than is read."""


class Kind(enum.Enum):
    """What a result is the result of."""

    BIND = "bind"
    SEARCH = "search"
    EXTENDED = "extended"


@frozen
class Result:
    """How an operation ended."""

    kind: Kind
    code: int
    text: str = ""
    """What the directory says about it, in its own words."""


@frozen
class Entry:
    """Something a search has found."""

    dn: bytes
    attributes: Mapping[str, tuple[bytes, ...]] = field(factory=dict)
    """By their names in small letters, without options such as ``;binary``."""

    @property
    def shown(self) -> str:
        """The DN for people."""
        return self.dn.decode("utf-8", "replace")

    def first(self, attribute: str) -> bytes:
        """Return the first value of an attribute; empty where there is none."""
        return next(iter(self.all(attribute)), b"")

    def all(self, attribute: str) -> tuple[bytes, ...]:
        """Return every value of an attribute."""
        return self.attributes.get(attribute.lower(), ())


@frozen
class Elsewhere:
    """A search names another directory; it is not asked."""


Content = Result | Entry | Elsewhere


@frozen
class Question:
    """A search, as it is asked."""

    base: bytes
    scope: int
    filter: Any
    attributes: tuple[str, ...]
    most: int
    """How many entries the directory may send."""
    seconds: int = 0
    deref: int = 0


def bind(number: int, dn: bytes, password: bytes) -> bytes:
    """Return the request to be known by *dn* from now on."""
    return _message(number, pureldap.LDAPBindRequest(dn=dn, auth=password))


def search(number: int, question: Question) -> bytes:
    """Return the request for what *question* asks."""
    made = pureldap.LDAPSearchRequest(
        baseObject=question.base,
        scope=question.scope,
        derefAliases=question.deref,
        sizeLimit=question.most,
        timeLimit=question.seconds,
        filter=question.filter,
        attributes=question.attributes,
    )
    return _message(number, made)


def start_tls(number: int) -> bytes:
    """Return the request to speak TLS from now on."""
    return _message(number, pureldap.LDAPStartTLSRequest())


def unbind(number: int) -> bytes:
    """Return the good-bye."""
    return _message(number, pureldap.LDAPUnbindRequest())


def _message(number: int, operation: Any) -> bytes:
    made: bytes = pureldap.LDAPMessage(operation, id=number).toWire()
    return made


def size(data: bytes, most: int) -> int | None:
    """Return how many bytes the first message of *data* has; None: not known yet.

    :raises Garbled: it is none, or longer than *most*.
    """
    if data and data[0] != _SEQUENCE:
        raise Garbled("it does not answer in LDAP")
    if len(data) < _HEAD:
        return None
    length, head = data[1], _HEAD
    if length >= _LONG_FORM:
        count = length - _LONG_FORM
        if not 0 < count <= _LENGTH_BYTES:
            raise Garbled("it does not answer in LDAP")
        if len(data) < _HEAD + count:
            return None
        length = int.from_bytes(data[_HEAD : _HEAD + count], "big")
        head += count
    if head + length > most:
        raise Garbled(f"an answer is longer than {most} bytes")
    return head + length


def read(data: bytes) -> tuple[int, Content]:
    """Return number and content of the message that *data* is.

    :raises Garbled: it is none that answers a request of ours.
    """
    try:
        found, _ = pureber.berDecodeObject(_DECODER, data)
        return int(found.id), _content(found.value)
    except Garbled:
        raise
    except Exception as error:  # whatever a decoder without checks stumbles over
        raise Garbled("it does not answer in LDAP") from error


_DECODER = pureldap.LDAPBERDecoderContext_TopLevel(
    inherit=pureldap.LDAPBERDecoderContext_LDAPMessage(
        fallback=pureldap.LDAPBERDecoderContext(fallback=pureber.BERDecoderContext()),
        inherit=pureldap.LDAPBERDecoderContext(fallback=pureber.BERDecoderContext()),
    )
)
_RESULTS = (
    (pureldap.LDAPBindResponse, Kind.BIND),
    (pureldap.LDAPSearchResultDone, Kind.SEARCH),
    (pureldap.LDAPExtendedResponse, Kind.EXTENDED),
)


def _content(value: Any) -> Content:
    if isinstance(value, pureldap.LDAPSearchResultEntry):
        return _entry(value)
    if isinstance(value, pureldap.LDAPSearchResultReference):
        return Elsewhere()
    for kind, word in _RESULTS:
        if isinstance(value, kind):
            text = bytes(value.errorMessage).decode("utf-8", "replace")
            return Result(word, int(value.resultCode), text)
    raise Garbled("it answers what was not asked")


def _entry(value: Any) -> Entry:
    attributes: dict[str, tuple[bytes, ...]] = {}
    for name, values in value.attributes:
        key = bytes(name).decode("ascii", "replace").lower().partition(";")[0]
        attributes[key] = (*attributes.get(key, ()), *map(bytes, values))
    return Entry(bytes(value.objectName), attributes)
