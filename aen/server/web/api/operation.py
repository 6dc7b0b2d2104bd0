"""What stands around every call of the API, once, and what describes it.

`operation` marks a method; `Calls.mount` turns marked methods into routes and into
the lines of ``openapi.json``. A call that forgets to authenticate, or that is not
described, cannot be written.
"""

import functools
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

import attrs
from attrs import evolve, field, frozen
from klein import Klein
from twisted.internet.defer import CancelledError, Deferred
from twisted.logger import Logger
from twisted.web.server import Request

from aen.model.errors import AenError, Invalid, TooLarge, Unauthenticated
from aen.model.rights import ANYONE, PERSON, Right, admit
from aen.model.users import Caller
from aen.runtime.structure import structure, unstructure
from aen.runtime.tasks import finish_anyway, start
from aen.server.rooms import Rooms
from aen.server.web import cookies, forgery, headers
from aen.server.web.addresses import API, Address
from aen.server.web.cookies import Cookies
from aen.server.web.http import BoundedRequest, client_address
from aen.server.web.refusals import set_status
from aen.wire.problems import to_json

_MARK = "__aen_operation__"
_log = Logger()
PAGE_LIMIT = 200


@frozen
class Query:
    """The parameters of a list; others are refused."""

    values: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    @property
    def cursor(self) -> str | None:
        """Where the page begins; None: at the beginning."""
        return self.values.get("cursor") or None

    @property
    def limit(self) -> int:
        """How many items to return, or `Invalid`."""
        text = self.values.get("limit", "50")
        if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= PAGE_LIMIT:
            message = f"“limit” must be a whole number from 1 to {PAGE_LIMIT}."
            raise Invalid(message, fields={"limit": message})
        return int(text)


@frozen
class Call:
    """One request: who asks, with which parameters and which body."""

    request: Request
    caller: Caller | None
    query: Query
    renew: Callable[[], Awaitable[Caller | None]]
    """Authenticates the request anew: whether session or token still lives."""
    body: Any = None

    @property
    def person(self) -> Caller:
        """The one who has signed in, or `Unauthenticated`."""
        if self.caller is None:
            raise Unauthenticated(
                "Sign in, or send a token as “Authorization: Bearer”."
            )
        return self.caller


@frozen
class Operation:
    """How a call is reached, and what it takes and gives."""

    method: str
    path: str
    """With names in braces, below ``/api/v1``."""
    summary: str
    answer: Any = None
    """A class; a list of it where `pages` is set; None: 204."""
    body: type[attrs.AttrsInstance] | None = None
    status: int = 200
    query: tuple[str, ...] = ()
    pages: bool = False
    """Whether it answers a list, page by page."""
    visitors: bool = False
    """Whether somebody who has not signed in may ask; `right` says it better."""
    right: Right | None = None
    """Who may; what that is in the project of the path, its use case asks."""
    streams: bool = False
    """Whether it answers server-sent events; the method writes them itself."""
    text: bool = False
    """Whether it answers a text file: something with a `name` and a `text`."""

    @property
    def demanded(self) -> Right:
        """Who may, also where nothing is said."""
        return self.right or (ANYONE if self.visitors else PERSON)

    def address(self, code: str) -> Address:
        """Return the call as what can be reached."""
        path = API + self.rule
        return Address(self.method, path, self.right, code, self.body)

    @property
    def rule(self) -> str:
        """The path as klein has it."""
        return self.path.replace("{", "<").replace("}", ">")

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names a query may have."""
        return (*self.query, "cursor", "limit") if self.pages else self.query


View = Callable[..., Awaitable[Any]]


def operation(described: Operation) -> Callable[[View], View]:
    """Mark ``async def view(self, call, …)`` as the operation *described*."""

    def mark(view: View) -> View:
        setattr(view, _MARK, described)
        return view

    return mark


@frozen
class Calls:
    """Turns marked methods into routes; keeps what they are, for the description."""

    rooms: Rooms
    operations: list[Operation] = field(factory=list)
    mounted: list[Address] = field(factory=list)

    def mount(self, app: Klein, part: object) -> None:
        """Add every operation of *part* to *app*."""
        for name in dir(type(part)):
            described = getattr(getattr(type(part), name), _MARK, None)
            if described is not None:
                self.operations.append(described)
                code = f"{type(part).__name__}.{name}"
                self.mounted.append(described.address(code))
                self._add(app, described, getattr(part, name))

    def _add(self, app: Klein, described: Operation, view: View) -> None:
        def answer(request: Request, **parts: str) -> Deferred[bytes]:
            work = functools.partial(self._answer, request, described, view, parts)
            if described.method == "GET":
                return start(work())
            return finish_anyway(_log, described.path, work())

        app.route(
            described.rule,
            methods=[described.method],
            endpoint=f"{described.method} {described.path}",
        )(answer)

    async def _answer(
        self, request: Request, described: Operation, view: View, parts: dict[str, str]
    ) -> bytes:
        try:
            call = await self._enter(request, described)
            found = await view(call, **parts)
        except CancelledError:
            raise
        except Exception as error:  # noqa: BLE001 -- every error gets an answer
            return self.refuse(request, error)
        if described.streams:
            return b""
        return self._write(request, described, found)

    # ---- coming in

    async def _enter(self, request: Request, described: Operation) -> Call:
        caller = await self._caller(request)
        if caller is not None:
            caller = evolve(caller, address=client_address(request))
        admit(described.demanded, caller)
        query = _query(request, described.parameters)
        body = None
        if described.body is not None:
            body = _body(request, described.body, self.rooms.settings.body_limit)
        renew = functools.partial(self._caller, request)
        return Call(request, caller, query, renew, body)

    async def _caller(self, request: Request) -> Caller | None:
        """Return who asks: by a token, or by a session and its anti-forgery token."""
        accounts = self.rooms.accounts
        authorization = request.getHeader("authorization")
        if authorization is not None:
            kind, _, token = authorization.partition(" ")
            caller = None
            if kind.lower() == "bearer":
                caller = await accounts.caller_of_token(token.strip())
            if caller is None:
                raise Unauthenticated("The token is wrong, or it has ended.")
            return caller
        names = Cookies.of(self.rooms.settings.public_url)
        session = cookies.read(request, names.session)
        caller = await accounts.caller_of_session(session) if session else None
        if caller is not None and request.method not in forgery.SAFE_METHODS:
            assert session is not None
            claim = forgery.Claim(
                request.getHeader(forgery.HEADER),
                request.getHeader("origin"),
                request.getHeader("sec-fetch-site"),
            )
            origin = self.rooms.settings.origin
            forgery.check(claim, accounts.csrf(session), origin)
        return caller

    # ---- going out

    def _write(self, request: Request, described: Operation, found: Any) -> bytes:
        if described.answer is None and not described.text:
            self._head(request, 204)
            return b""
        self._head(request, described.status)
        if described.text:
            return _file(request, found.name, found.text)
        if described.pages:
            items = [unstructure(one) for one in found.items]
            return _json({"items": items, "next": found.next})
        return _json(unstructure(found))

    def refuse(self, request: Request, error: Exception) -> bytes:
        """Answer with what is wrong; an error that is not ours is logged, not shown."""
        if not isinstance(error, AenError):
            path = request.path.decode("latin-1")
            _log.failure("{path} failed", path=path)
            error = AenError("Something went wrong on our side; it has been logged.")
        self._head(request, set_status(request, error))
        if isinstance(error, Unauthenticated):
            request.setHeader(b"www-authenticate", b'Bearer realm="aen"')
        return _json(to_json(error))

    def _head(self, request: Request, status: int) -> None:
        headers.secure(request, https=self.rooms.settings.https)
        request.setResponseCode(status)
        if status != 204:  # noqa: PLR2004 -- RFC 9110 section 15.3.5: no content
            request.setHeader(b"content-type", b"application/json; charset=utf-8")


def _file(request: Request, name: str, text: str) -> bytes:
    request.setHeader(b"content-type", b"text/plain; charset=utf-8")
    request.setHeader(b"content-disposition", headers.attachment(name))
    return text.encode()


def _json(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode()


def _query(request: Request, allowed: tuple[str, ...]) -> Query:
    """Return the parameters of a request; unknown and repeated ones are refused."""
    _, _, text = request.uri.partition(b"?")
    try:
        pairs = parse_qsl(
            text.decode("ascii"), keep_blank_values=True, errors="strict",
            max_num_fields=100,
        )  # fmt: skip
    except ValueError:
        raise Invalid("The query of the address cannot be read.") from None
    found: dict[str, str] = {}
    for name, value in pairs:
        if name not in allowed or name in found:
            wrong = "is there twice" if name in found else "is not known here"
            message = f"The parameter “{name[:40]}” {wrong}."
            raise Invalid(message, fields={name[:40]: message})
        found[name] = value
    return Query(found)


def _body(request: Request, kind: type[attrs.AttrsInstance], limit: int) -> object:
    """Return the body as *kind*; only JSON is read, so that no form can send it."""
    content_type = (request.getHeader("content-type") or "").partition(";")[0]
    assert request.content is not None
    text: bytes = request.content.read(limit + 1)
    too_long = isinstance(request, BoundedRequest) and request.overflown
    if too_long or len(text) > limit:
        raise TooLarge(f"A body may have at most {limit} bytes.")
    if text and content_type.strip().lower() != "application/json":
        raise Invalid("Send the body as “Content-Type: application/json”.")
    try:
        content = json.loads(text or b"{}")
    except (ValueError, RecursionError):
        raise Invalid("The body is not JSON.") from None
    return structure(content, kind)
