"""What stands around every call of the API, once, and what describes it.

`operation` marks a method; `Calls.mount` turns marked methods into routes and into
the lines of ``openapi.json``. A call that forgets to authenticate, or that is not
described, cannot be written.
"""

import functools
import json
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import attrs
from attrs import evolve, field, frozen
from klein import Klein
from twisted.internet.defer import CancelledError, Deferred
from twisted.logger import Logger
from twisted.web.server import Request

from aen.model.errors import OUR_FAULT, AenError, Moved, Unauthenticated
from aen.model.rights import SIGN_IN, Needs, Right, admit
from aen.model.users import Caller
from aen.runtime.structure import unstructure
from aen.runtime.tasks import finish_anyway, start
from aen.server.rooms import Rooms
from aen.server.web import cookies, forgery, headers
from aen.server.web.addresses import API, Address
from aen.server.web.api import tags
from aen.server.web.api.limits import Limits
from aen.server.web.api.reading import Query, cut, read_body, read_query
from aen.server.web.api.repeats import HEADER, REPLAYED, Asked, Repeats
from aen.server.web.cookies import Cookies
from aen.server.web.http import client_address
from aen.server.web.maintenance import demand_open
from aen.server.web.refusals import set_status
from aen.wire.problems import to_json

NO_CONTENT = 204
"""The status that has no body (RFC 9110 section 15.3.5)."""
_MARK = "__aen_operation__"
_log = Logger()


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
            raise Unauthenticated(SIGN_IN)
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
    right: Right = field(kw_only=True)
    """Who may; what that is in the project of the path, its use case asks."""
    streams: bool = False
    """Whether it answers server-sent events; the method writes them itself."""
    text: bool = False
    """Whether it answers a text file: something with a `name` and a `text`."""
    edition: Callable[[Any], str] | None = None
    """What tells an answer from what it was before somebody edited the thing: its
    ``ETag``. One that changes something takes ``If-Match``."""

    def address(self, code: str) -> Address:
        """Return the call as what can be reached."""
        path = API + self.rule
        return Address(self.method, path, self.right, code, self.body)

    @property
    def rule(self) -> str:
        """The path as klein has it."""
        return self.path.replace("{", "<").replace("}", ">")

    @property
    def good(self) -> int:
        """The status of an answer that is no refusal."""
        empty = self.answer is None and not self.text and not self.streams
        return NO_CONTENT if empty else self.status

    @property
    def repeats(self) -> bool:
        """Whether an ``Idempotency-Key`` is heeded: it is the key of a caller."""
        return self.method == "POST" and self.right.needs is Needs.PERSON

    @property
    def guarded(self) -> bool:
        """Whether ``If-Match`` is heeded."""
        return self.edition is not None and self.method != "GET"

    def written(self, call: Call, found: Any) -> str:
        """Return what a view has found as the text of an answer."""
        if self.streams or self.good == NO_CONTENT:
            return ""
        if self.text:
            return str(found.text)
        if self.pages:
            page = cut(found, call.query)
            items = [unstructure(one) for one in page.items]
            return _json({"items": items, "next": page.next})
        return _json(unstructure(found))

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
    _limits: Limits = field(init=False)
    _repeats: Repeats = field(init=False)

    @_limits.default
    def _fresh_limits(self) -> Limits:
        return Limits(self.rooms)

    @_repeats.default
    def _kept_answers(self) -> Repeats:
        return Repeats.of(self.rooms)

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
            work = functools.partial(_wherever, described, view, call, parts)
            key = request.getHeader(HEADER) if described.repeats else None
            if key is not None:
                return await self._once(key, call, described, work)
            found = await work()
            text = described.written(call, found)
        except CancelledError:
            raise
        except Exception as error:  # noqa: BLE001 -- every error gets an answer
            return self.refuse(request, error)
        if described.streams:
            return b""
        self._head(request, described.good)
        if described.edition is not None:
            request.setHeader(b"etag", tags.written(described.edition(found)))
        if described.text:
            _is_file(request, found.name)
        return text.encode()

    async def _once(
        self,
        key: str,
        call: Call,
        described: Operation,
        work: Callable[[], Awaitable[Any]],
    ) -> bytes:
        """Answer a call that has a key of its own, as the first time."""

        async def answered() -> tuple[int, str]:
            return described.good, described.written(call, await work())

        request = call.request
        path = request.uri.decode("latin-1")
        asked = Asked(described.method, path, call.person, call.body)
        (status, text), again = await self._repeats.once(key, asked, answered)
        if again:
            request.setHeader(REPLAYED, b"true")
        self._head(request, status)
        return text.encode()

    # ---- coming in

    async def _enter(self, request: Request, described: Operation) -> Call:
        try:
            caller = await self._caller(request)
        except Unauthenticated:
            self._limits.count(request, None)
            raise
        self._limits.count(request, caller)
        if caller is not None:
            caller = evolve(caller, address=client_address(request))
        demand_open(await self.rooms.site.values(), caller)
        admit(described.right, caller)
        query = read_query(request, described.parameters)
        body = None
        if described.body is not None:
            body = read_body(request, described.body, self.rooms.settings.body_limit)
        renew = functools.partial(self._caller, request)
        return Call(request, caller, query, renew, body)

    async def _caller(self, request: Request) -> Caller | None:
        """Return who asks: by a token, or by a session and its anti-forgery token."""
        access, tokens = self.rooms.access, self.rooms.api_tokens
        authorization = request.getHeader("authorization")
        if authorization is not None:
            kind, _, token = authorization.partition(" ")
            caller = None
            if kind.lower() == "bearer":
                caller = await tokens.caller_of_token(token.strip())
            if caller is None:
                raise Unauthenticated("The token is wrong, or it has ended.")
            return caller
        names = Cookies.of(self.rooms.settings.public_url)
        session = cookies.read(request, names.session)
        caller = await access.caller_of_session(session) if session else None
        if caller is not None and request.method not in forgery.SAFE_METHODS:
            assert session is not None
            claim = forgery.Claim(
                request.getHeader(forgery.HEADER),
                request.getHeader("origin"),
                request.getHeader("sec-fetch-site"),
            )
            origin = self.rooms.settings.origin
            forgery.check(claim, access.csrf(session), origin)
        return caller

    # ---- going out

    def options(self, request: Request, methods: Iterable[str]) -> bytes:
        """Say which methods an address takes (RFC 9110 section 9.3.7)."""
        self._head(request, NO_CONTENT)
        allowed = ", ".join(sorted({*methods, "OPTIONS"}))
        request.setHeader(b"allow", allowed.encode())
        return b""

    def refuse(self, request: Request, error: Exception) -> bytes:
        """Answer with what is wrong; an error that is not ours is logged, not shown."""
        if not isinstance(error, AenError):
            path = request.path.decode("latin-1")
            _log.failure("{path} failed", path=path)
            error = AenError(OUR_FAULT)
        self._head(request, set_status(request, error))
        if isinstance(error, Unauthenticated):
            request.setHeader(b"www-authenticate", b'Bearer realm="aen"')
        return _json(to_json(error)).encode()

    def _head(self, request: Request, status: int) -> None:
        headers.secure(request, https=self.rooms.settings.https)
        request.setResponseCode(status)
        if status != NO_CONTENT:
            request.setHeader(b"content-type", b"application/json; charset=utf-8")


async def _wherever(
    described: Operation, view: View, call: Call, parts: dict[str, str]
) -> Any:
    """Do what is asked; of a project that has moved, where it is now.

    What changes or removes one has to name it as it is called now.
    """
    try:
        return await view(call, **parts)
    except Moved as moved:
        if described.method not in ("GET", "POST") or "project" not in parts:
            raise
        now = {**parts, "owner": moved.owner, "project": moved.name}
        return await view(call, **now)


def _is_file(request: Request, name: str) -> None:
    request.setHeader(b"content-type", b"text/plain; charset=utf-8")
    request.setHeader(b"content-disposition", headers.attachment(name))


def _json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False)
