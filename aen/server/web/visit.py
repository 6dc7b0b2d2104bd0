"""One request of a browser as the views see it, and what they may answer."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from attrs import field, frozen
from twisted.web.server import Request

from aen.model.errors import AenError, Invalid, TooLarge, Unauthenticated
from aen.model.users import Caller
from aen.server.web.http import client_address

_FIELDS = 200
_FORM = b"application/x-www-form-urlencoded"


@frozen
class Fields:
    """What a form or a query holds; a name that is missing is empty."""

    pairs: tuple[tuple[str, str], ...] = ()

    def __getitem__(self, name: str) -> str:
        return next((value for key, value in self.pairs if key == name), "")

    def has(self, name: str) -> bool:
        """Whether the field was sent at all: how buttons and boxes are told."""
        return any(key == name for key, _ in self.pairs)

    def all(self, name: str) -> tuple[str, ...]:
        """Return every value of a field that may be chosen more than once."""
        return tuple(value for key, value in self.pairs if key == name)

    def typed_twice(self, name: str) -> str:
        """Return a password that must be in the field “again” as well.

        :raises Invalid: it is not.
        """
        if self[name] != self["again"]:
            message = "The two passwords are not the same."
            raise Invalid(message, fields={"again": message})
        return self[name]

    def line(self, name: str) -> str:
        """Return a field of one line, without blanks around it."""
        return " ".join(self[name].split())

    def text(self, name: str) -> str:
        """Return a field of many lines, with the line ends of our files."""
        return self[name].replace("\r\n", "\n").strip()


def parse_fields(data: bytes) -> Fields:
    """Return the fields of a form's body or a query.

    :raises Invalid: it is not UTF-8, or has more fields than any form of ours.
    """
    try:
        pairs = parse_qsl(
            data.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_FIELDS,
        )
    except ValueError:
        raise Invalid("The form could not be read.") from None
    return Fields(tuple((key, value.replace("\0", "")) for key, value in pairs))


def read_form(request: Request, limit: int) -> Fields:
    """Return the form in the body of *request*.

    :raises TooLarge: it has more than *limit* bytes.
    :raises Invalid: it is no form.
    """
    content = request.content
    body: bytes = content.read(limit + 1) if content is not None else b""
    if len(body) > limit or getattr(request, "overflown", False):
        raise TooLarge(f"A form may have at most {limit:,} bytes.")
    kind = (request.getHeader(b"content-type") or b"").split(b";")[0].strip().lower()
    if body and kind != _FORM:
        raise Invalid("The form could not be read.")
    return parse_fields(body)


@frozen
class Page:
    """An answer made of a template. *problem* gives the status and the words."""

    template: str
    values: Mapping[str, Any] = field(factory=dict)
    status: int = 200
    problem: AenError | None = None


@frozen
class Redirect:
    """Go on with a GET of another page; an address outside was checked before."""

    to: str


@frozen
class Text:
    """A few plain bytes; with a *name* a file to keep."""

    body: str
    kind: str = "text/plain; charset=utf-8"
    status: int = 200
    name: str = ""


@frozen
class Streamed:
    """The view has written the answer itself."""


Whole = Page | Redirect | Text
Answer = Whole | Streamed


@frozen
class Visit:
    """One request, after session, forgery and size were checked."""

    request: Request
    caller: Caller | None
    session: str | None
    form: Fields
    query: Fields
    csrf: Callable[[], str]
    """Makes the token that forms of the answer carry."""

    @property
    def person(self) -> Caller:
        """Who is signed in; views that need somebody are not called without."""
        if self.caller is None:
            raise Unauthenticated("Sign in first.")
        return self.caller

    @property
    def partial(self) -> bool:
        """Whether the page's script asks for a part of it."""
        return self.request.getHeader(b"hx-request") == b"true"

    @property
    def agent(self) -> str:
        """What the browser calls itself, bounded."""
        return (self.request.getHeader("user-agent") or "")[:200]

    @property
    def address(self) -> str:
        """Where the request comes from, as told by the front."""
        return client_address(self.request)
