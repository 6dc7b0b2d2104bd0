"""What stands around every page, once: session, forgery, errors, headers, a log line.

`view` marks a method as a page; `mount` turns marked methods into routes. There is
no other way to make a page, so none can forget any of it.
"""

import functools
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from attrs import evolve, field, frozen
from klein import Klein, KleinRenderable
from klein.interfaces import IKleinRequest
from twisted.internet.defer import CancelledError, Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.iweb import IRequest
from twisted.web.server import Request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from aen.model.errors import OUR_FAULT, AenError, Moved, NotFound, Unauthenticated
from aen.model.rights import ANYONE, Needs, Right, admit
from aen.model.users import Caller
from aen.runtime.settings import without_usual_port
from aen.runtime.tasks import finish_anyway, start
from aen.server.directories.sources import password_words
from aen.server.rooms import Rooms
from aen.server.web import cookies, forgery, headers
from aen.server.web.addresses import Address
from aen.server.web.announcing import to_read
from aen.server.web.cookies import Cookies
from aen.server.web.http import client_address
from aen.server.web.maintenance import demand_open
from aen.server.web.next_url import safe_next
from aen.server.web.refusals import Misdirected, WrongMethod, set_status
from aen.server.web.templates import Templates
from aen.server.web.visit import (
    Answer,
    Fields,
    Page,
    Redirect,
    Streamed,
    Text,
    Visit,
    Whole,
    parse_fields,
    read_form,
)

View = Callable[..., Awaitable[Answer]]
_MARK = "__aen_view__"
_log = Logger()


@frozen
class _Route:
    path: str
    methods: tuple[str, ...]
    right: Right

    def changes(self, request: Request) -> bool:
        """Whether *request* asks the page to change something, by a form."""
        method: bytes = request.method
        changing = method not in forgery.SAFE_METHODS
        return changing and method.decode("latin-1") in self.methods

    def addresses(self, code: str) -> list[Address]:
        """Return the route as what can be reached."""
        return [Address(method, self.path, self.right, code) for method in self.methods]


def view(path: str, *methods: str, right: Right) -> Callable[[View], View]:
    """Mark ``async def page(self, visit, …) -> Answer`` as the page at *path*.

    *right* says who may see it at all; the use cases decide about what is on it.
    """
    route = _Route(path, methods or ("GET",), right)

    def mark(function: View) -> View:
        setattr(function, _MARK, [*getattr(function, _MARK, []), route])
        return function

    return mark


@frozen
class Frame:
    """Turns views into answers; what it needs for that."""

    rooms: Rooms
    templates: Templates
    new_token: Callable[[], str] = field(repr=False)
    """Makes unguessable text for the cookie of visitors."""
    mounted: list[Address] = field(factory=list)
    """What `mount` has added."""

    @property
    def cookies(self) -> Cookies:
        """The cookies of this installation."""
        return Cookies.of(self.rooms.settings.public_url)

    def mount(self, app: Klein, *parts: object) -> None:
        """Add every view of *parts* to *app*, and a page for all that is none."""
        for pages in parts:
            for name in dir(type(pages)):
                for route in getattr(getattr(type(pages), name), _MARK, ()):
                    self._add(app, route, getattr(pages, name))
                    code = f"{type(pages).__name__}.{name}"
                    self.mounted.extend(route.addresses(code))

        @app.handle_errors(HTTPException)
        def lost(request: IRequest, failure: Failure) -> KleinRenderable:
            assert isinstance(request, Request)
            route, wrong = _lost(request, failure.value)
            page = functools.partial(_raise, wrong)
            return start(self._answer(request, route, page, {}))

    def _add(self, app: Klein, route: _Route, page: View) -> None:
        def answer(request: Request, **parts: str) -> Deferred[bytes]:
            work = functools.partial(self._answer, request, route, page, parts)
            if request.method in forgery.SAFE_METHODS:
                return start(work())
            return finish_anyway(_log, route.path, work())

        app.route(
            route.path,
            methods=list(route.methods),
            endpoint=str(route),
            strict_slashes=False,
        )(answer)

    async def _answer(
        self, request: Request, route: _Route, page: View, parts: dict[str, str]
    ) -> bytes:
        began = self.rooms.clock.seconds()
        settings = self.rooms.settings
        pictures = settings.pictures_from
        headers.secure(request, https=settings.https, pictures=pictures)
        visit = self._visit(request, None, None)
        try:
            if route.right.needs is not Needs.NOBODY:
                self._check_host(request)
                await self.rooms.site.values()  # so that `known` is what holds now
                visit = await self._recognise(request)
                visit = self._enter(visit, route)
            answer = await page(visit, **parts)
            if isinstance(answer, Streamed):
                return b""
            content = self._write(visit, answer)
        except CancelledError:
            raise
        except Exception as error:  # noqa: BLE001 -- every error gets a page
            content = self._explain(visit, error)
        finally:
            self._note(request, route, visit, began)
        request.setHeader(b"content-length", str(len(content)).encode())
        return content

    # ---- coming in

    def _check_host(self, request: Request) -> None:
        origin = self.rooms.settings.origin
        ours = urlsplit(origin)
        asked = request.getHeader("host") or ""
        if without_usual_port(asked, ours.scheme) != ours.netloc:
            raise Misdirected(f"This server is known as {origin}; open it there.")

    def _enter(self, visit: Visit, route: _Route) -> Visit:
        """Return the visit with the form that was sent, where that may come in."""
        request, caller = visit.request, visit.caller
        demand_open(self.rooms.site.known, caller, route.path)
        if route.changes(request):
            form = read_form(request, self.rooms.settings.body_limit)
            self._check_forgery(request, visit, form)
            visit = self._visit(request, caller, visit.session, form)
        admit(route.right, caller)
        return visit

    async def _recognise(self, request: Request) -> Visit:
        """Return the visit of whoever the session's cookie belongs to."""
        token = cookies.read(request, self.cookies.session)
        known = await self.rooms.access.visitor(token) if token else None
        if token is None or known is None:
            return self._visit(request, None, None)
        caller = evolve(known.caller, address=client_address(request))
        if known.cookie_due and request.method in forgery.SAFE_METHODS:
            await self.rooms.access.cookie_was_set(known.caller)
            self.keep(request, token)
        return self._visit(request, caller, token)

    def keep(self, request: Request, token: str) -> None:
        """Have the browser keep the session's cookie for as long as it may be good."""
        # A day longer than the session, which is how long it may go without being
        # renewed: the store alone decides when a session ends.
        days = self.rooms.settings.session_days + 1
        self.cookies.put(request, self.cookies.session, token, days)

    def _visit(
        self,
        request: Request,
        caller: Caller | None,
        session: str | None,
        form: Fields | None = None,
    ) -> Visit:
        _, _, query = request.uri.partition(b"?")
        return Visit(
            request,
            caller,
            session,
            form or Fields(),
            _lenient(query),
            functools.partial(self._csrf, request, session),
        )

    def _check_forgery(self, request: Request, visit: Visit, form: Fields) -> None:
        claim = forgery.Claim(
            request.getHeader(forgery.HEADER) or form[forgery.FIELD],
            request.getHeader("origin"),
            request.getHeader("sec-fetch-site"),
        )
        forgery.check(claim, visit.csrf(), self.rooms.settings.origin)

    def _csrf(self, request: Request, session: str | None) -> str:
        access = self.rooms.access
        if session is not None:
            return str(access.csrf(session))
        visitor = cookies.read(request, self.cookies.visitor)
        if not visitor:
            visitor = self.new_token()
            self.cookies.put(request, self.cookies.visitor, visitor)
        return str(access.csrf(f"visitor {visitor}"))

    # ---- going out

    def _write(self, visit: Visit, answer: Whole) -> bytes:
        request = visit.request
        match answer:
            case Page(template, values, status, problem):
                request.setResponseCode(status)
                if problem is not None:
                    status = set_status(request, problem)
                request.setHeader(b"content-type", b"text/html; charset=utf-8")
                shown = {"status": status, **values, "problem": problem}
                return self.render(visit, template, shown)
            case Redirect(to):
                request.setResponseCode(303)
                request.setHeader(b"location", to.encode("ascii", "replace"))
                return b""
            case Text(body, kind, status, name):
                request.setResponseCode(status)
                if name:
                    disposition = headers.attachment(name)
                    request.setHeader(b"content-disposition", disposition)
                request.setHeader(b"content-type", kind.encode())
                return body.encode()

    def render(self, visit: Visit, template: str, values: dict[str, Any]) -> bytes:
        """Return a page with what every page shows: who is signed in, the time."""
        now = self.rooms.clock.seconds()
        site = self.rooms.site.known
        passwords = password_words(self.rooms.settings)
        common = {
            "caller": visit.caller,
            "csrf": visit.csrf,
            "now": now,
            "site_name": site.site_name,
            "open_registration": site.open_registration and passwords.here,
            "passwords": passwords,
            "announcement": to_read(site, now, visit.request),
            "maintenance": site.maintenance,
            "path": safe_next(visit.request.uri.decode("latin-1")),
            "notice": visit.query["done"],
            "theme": _theme(visit.request),
        }
        return self.templates.render(template, {**common, **values})

    def _explain(self, visit: Visit, error: Exception) -> bytes:
        """Return the page for an error; one that is not ours is logged, not shown."""
        request = visit.request
        if isinstance(error, Unauthenticated) and _wants_page(visit):
            here = safe_next(request.uri.decode("latin-1"))
            return self._write(visit, Redirect(_login(here)))
        if isinstance(error, Moved) and _wants_page(visit):
            return self._write(visit, Redirect(_moved(request, error)))
        if isinstance(error, Moved) and visit.partial:
            here = f"/{error.owner}/{error.name}"
            request.setHeader(b"hx-redirect", here.encode())
            return b""  # the page's script loads the whole page there
        if not isinstance(error, AenError):
            _log.failure("{path} failed", path=request.path.decode("latin-1"))
            error = AenError(OUR_FAULT)
        return self._write(visit, Page("error.html", problem=error))

    def _note(
        self, request: Request, route: _Route, visit: Visit, began: float
    ) -> None:
        # A path with a secret in it is logged by its rule.
        secret = "<secret>" in route.path
        shown = route.path if secret else request.path.decode("latin-1")[:200]
        _log.info(
            "{method} {path} {status} {user} {seconds:.3f}s",
            method=request.method.decode("latin-1"),
            path=shown,
            status=request.code,
            user=visit.caller.user.name if visit.caller else "-",
            seconds=self.rooms.clock.seconds() - began,
        )


def _lost(request: Request, error: object) -> tuple[_Route, AenError]:
    """Return what a request that no page answers has missed, and how it is told."""
    if not isinstance(error, MethodNotAllowed):
        return _Route("/<path:rest>", (), ANYONE), not_found()
    allowed = list(error.valid_methods or ())
    mapper = IKleinRequest(request).mapper
    rule, _ = mapper.match(method=allowed[0], return_rule=True)
    return _Route(rule.rule, (), ANYONE), WrongMethod(allowed)


async def _raise(error: AenError, _: Visit) -> Answer:
    raise error


def not_found() -> NotFound:
    """Return the one answer for what is not there and what one may not know of."""
    return NotFound("There is nothing at this address, or it is not open to you.")


def _lenient(query: bytes) -> Fields:
    try:
        return parse_fields(query)
    except AenError:
        return Fields()


def _login(here: str) -> str:
    return f"/login?{urlencode({'next': here})}" if here != "/" else "/login"


def _moved(request: Request, error: Moved) -> str:
    """Return what was asked for below a former path, below the present one."""
    _, _, _, *rest = request.uri.decode("latin-1").split("/", 3)
    more = f"/{rest[0]}" if rest else ""
    query = request.uri.decode("latin-1").partition("?")[2]
    if not rest and query:
        more = f"?{query}"
    return f"/{error.owner}/{error.name}{more}"


def _wants_page(visit: Visit) -> bool:
    request = visit.request
    stream = b"text/event-stream" in (request.getHeader(b"accept") or b"")
    return not visit.partial and not stream and request.method in (b"GET", b"HEAD")


def _theme(request: Request) -> str:
    chosen = cookies.read(request, cookies.THEME)
    return chosen if chosen in ("light", "dark") else ""
