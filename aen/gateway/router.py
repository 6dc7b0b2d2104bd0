"""Where each request on the gateway goes. Nothing waits when the answers are known."""

from collections.abc import Awaitable

from attrs import define, field
from twisted.internet import defer
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime

from aen.gateway.access import changes, demand_app, is_for_all, told
from aen.gateway.grants import Grants, Known, grant_tag
from aen.gateway.nodes import Nodes
from aen.gateway.opening import Opened, Openings
from aen.gateway.pages import STATIC, Pages, redirect
from aen.gateway.passes import Pass, hash_token, is_late
from aen.gateway.paths import OWN, AppAddress, parse_address, parse_public
from aen.gateway.public import PublicFolders
from aen.gateway.settings import GatewaySettings
from aen.gateway.shortcuts import Shortcuts, Way
from aen.gateway.signin import SignIn
from aen.gateway.upstreams import Upstreams
from aen.gateway.uses import UseReports
from aen.model.apps import AppSummary, Permission
from aen.model.errors import (
    AenError,
    Elsewhere,
    Forbidden,
    NotFound,
    Unauthenticated,
    Unavailable,
)
from aen.model.names import ProjectName, ProjectPath, UserName
from aen.proxy.head import Peer, RequestHead
from aen.proxy.routing import Answer, Decision, Forward
from aen.runtime.assets import Assets
from aen.wire.messages import Credential, Grant

OUR_COOKIES = (b"aen-", b"__Host-aen-")
NOBODY = Credential()
"""Who a visitor's request comes from."""
_SIGN_IN = (Unauthenticated, NotFound, Forbidden)
"""What is another thing to those who sign in, perhaps."""
_BEARER = b"bearer "
_AUTHORIZATION = frozenset({b"authorization"})
_NOTHING: frozenset[bytes] = frozenset()


@define
class GatewayRouter:
    """Decides, for `aen.proxy`, what happens to each request."""

    sign_in: SignIn
    grants: Grants
    openings: Openings
    _nodes: Nodes
    _upstreams: Upstreams
    _pages: Pages
    _assets: Assets
    _settings: GatewaySettings
    clock: IReactorTime
    public: PublicFolders
    uses: UseReports
    _shortcuts: Shortcuts = field(init=False)
    _own: Forward = field(init=False)
    _cookie: bytes = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Make ahead what every request needs."""
        self._shortcuts = Shortcuts(self.grants, self.openings)
        self._own = Forward(f"unix:{self._settings.own_socket}")
        self._cookie = self.sign_in.names.browser_pass.encode()

    def route(self, head: RequestHead, peer: Peer) -> Decision | Awaitable[Decision]:
        """Return what to do with a request (`aen.proxy.routing.Router`)."""
        forward = self._shortcuts.find(head, self.clock.seconds())
        if forward is not None:
            return forward
        if head.target.startswith(OWN):
            return self._own_page(head)
        address = parse_address(head.target)
        if address is None:
            return self._elsewhere(head)
        credential = self.credential(head)
        if credential is None or self._is_late(head, credential):
            return self._unknown(head, visitor=True)
        known = self.grants.entry(credential, address.path)
        grant = known.answer if known is not None else None
        if known is not None and isinstance(grant, Grant):
            opened = self.openings.known(grant, address.app)
            if opened is not None:
                decision = self._to_app(head, credential, grant, opened, address)
                self._remember(head, address, decision, known, opened)
                return decision
        return Deferred.fromCoroutine(self._decide(head, credential, address, grant))

    def unreachable(
        self, head: RequestHead, forward: Forward, reason: str
    ) -> Decision | Awaitable[Decision]:
        """Return what to do when an app did not answer: find out where it is now."""
        public = parse_public(head.target)
        if public is not None:
            return self.public.unreachable(public)
        address = parse_address(head.target)
        credential = self.credential(head)
        if address is None or credential is None:
            return self._pages.problem(head, _broken(reason))
        grant = self.grants.known(credential, address.path)
        if not isinstance(grant, Grant):
            return self._pages.problem(head, _broken(reason))
        opened = self.openings.known(grant, address.app)
        if opened is not None:
            self.openings.forget(opened.launch.id)
        if reason == "timeout":
            return self._pages.problem(head, _broken(reason), str(address.path))
        return Deferred.fromCoroutine(self._decide(head, credential, address, grant))

    def credential(self, head: RequestHead) -> Credential | None:
        """Return who a request comes from: an API token before a pass."""
        authorization = head.header(b"authorization")
        if authorization is not None and authorization[:7].lower() == _BEARER:
            return Credential(token_hash=hash_token(authorization[7:].strip()))
        shown = self._pass(head)
        return shown.credential if shown is not None else None

    def _pass(self, head: RequestHead) -> Pass | None:
        cookie = head.cookies().get(self._cookie)
        if cookie is None:
            return None
        return self.sign_in.passes.read(cookie.decode("latin-1"), self.clock.seconds())

    def _remember(
        self,
        head: RequestHead,
        address: AppAddress,
        decision: Decision,
        known: Known,
        opened: Opened,
    ) -> None:
        """Spare the next such request all this, if it came by a pass to an app."""
        shown = self._pass(head)
        grant = known.answer
        if (
            isinstance(decision, Forward)
            and isinstance(grant, Grant)
            and is_for_all(grant, Permission(opened.launch.permission))
            and shown is not None
            and shown.session == known.question.credential.session
        ):
            until = self._upstreams.of(opened).until
            way = Way(decision, known, grant, address.app, opened, until)
            self._shortcuts.remember(head, shown.expires, address, way)

    def _own_page(self, head: RequestHead) -> Decision:
        path = head.path.decode("latin-1")
        if path.startswith(STATIC):
            found = self._assets.find(
                path[len(STATIC) :],
                head.header(b"accept-encoding"),
                head.header(b"if-none-match"),
            )
            if found is not None:
                return Answer(found.status, found.headers, found.body)
            return self._pages.problem(head, NotFound("There is no such file."))
        return self._own

    def _elsewhere(self, head: RequestHead) -> Decision | Awaitable[Decision]:
        """Answer what is no app's: a public folder's, or nobody's."""
        public = parse_public(head.target)
        if public is not None:
            return self.public.route(head, public)
        if head.path == b"/" and head.wants_page:
            return redirect(f"{self._settings.browsers_server_url}/")
        return self._pages.problem(head, NotFound("There is no such address."))

    def _is_late(self, head: RequestHead, credential: Credential) -> bool:
        """Whether to see first, at a page load, if a visitor has signed in by now."""
        if credential != NOBODY or not head.wants_page or head.method != b"GET":
            return False
        shown = self._pass(head)
        return shown is not None and is_late(shown, self.clock.seconds())

    def _unknown(self, head: RequestHead, *, visitor: bool = False) -> Decision:
        """Answer a request that shows neither a good pass nor a token.

        :param visitor: whether who has not signed in may come back as a visitor.
        """
        if head.wants_page:
            target = head.target.decode("latin-1")
            now = self.clock.seconds()
            going = self.sign_in.begin(target, now, visitor=visitor)
            return redirect(going.location, going.cookies)
        return self._pages.problem(head, Unauthenticated("Please sign in."))

    async def _decide(
        self,
        head: RequestHead,
        credential: Credential,
        address: AppAddress,
        known: Grant | AenError | None,
    ) -> Decision:
        grant: Grant | None = None
        try:
            if isinstance(known, AenError):
                raise known
            grant = known or await self.grants.find(credential, address.path)
            return await self._open(head, credential, grant, address)
        except Elsewhere as error:
            return self._to_page(head, error)
        except AenError as error:
            # Nobody is led to a project that is not there.
            missing = grant is None and isinstance(error, NotFound)
            where = "" if missing else str(address.path)
            return self._refused(head, credential, error, where)

    def _refused(
        self,
        head: RequestHead,
        credential: Credential,
        error: AenError,
        where: str,
    ) -> Decision:
        """Answer who may not: visitors may be somebody who may."""
        if credential == NOBODY and isinstance(error, _SIGN_IN):
            return self._unknown(head)
        if not isinstance(error, Unauthenticated):
            return self._pages.problem(head, error, where)
        if credential.session is not None:
            return self._unknown(head, visitor=True)
        return self._pages.problem(head, error)

    def _to_page(self, head: RequestHead, error: Elsewhere) -> Decision:
        """Send people to the page of a project that another gateway has."""
        path = error.fields.get("path")
        if not head.wants_page or path is None:
            return self._pages.problem(head, error)
        return redirect(f"{self._settings.browsers_server_url}/{path}")

    async def _open(
        self,
        head: RequestHead,
        credential: Credential,
        grant: Grant,
        address: AppAddress,
    ) -> Decision:
        if (gone := _moved(head, grant, address)) is not None:
            return gone
        if not grant.user:
            raise Unauthenticated("Please sign in.")
        summary = self._summary(grant, address)
        opened = self.openings.known(grant, address.app)
        if opened is None:
            if not self._nodes.offers(address.app):
                raise NotFound(f"There is no app “{address.app}”.")
            permission = summary.permission if summary else Permission.WRITE
            title = summary.title if summary else address.app
            demand_app(grant, permission, title, changing=changes(head))
            waiting = self.openings.open(grant, credential, address.app)
            found = await self._wait(head, waiting)
            if found is None:
                return self._still_opening(head, grant, address, title)
            opened = found
        return self._to_app(head, credential, grant, opened, address)

    def _summary(self, grant: Grant, address: AppAddress) -> AppSummary | None:
        node = grant.node.name if grant.node is not None else None
        return self._nodes.app(node, address.app)

    async def _wait(
        self, head: RequestHead, waiting: Deferred[Opened]
    ) -> Opened | None:
        """Return the app if it is open soon enough for the one who asked."""
        seconds = self._wait_seconds(head)
        try:
            return await waiting.addTimeout(seconds, self.clock)
        except defer.TimeoutError:
            return None

    def _wait_seconds(self, head: RequestHead) -> float:
        settings = self._settings
        return settings.page_seconds if head.wants_page else settings.wait_seconds

    def _still_opening(
        self, head: RequestHead, grant: Grant, address: AppAddress, title: str
    ) -> Answer:
        if not head.wants_page:
            message = f"{title} is still starting; try again in a moment."
            return self._pages.problem(head, Unavailable(message))
        progress = grant.progress
        step = progress.step if progress is not None else "Starting…"
        events = f"/_aen/wait{address.prefix}"
        return self._pages.waiting(title, str(address.path), events, step)

    def _to_app(
        self,
        head: RequestHead,
        credential: Credential,
        grant: Grant,
        opened: Opened,
        address: AppAddress,
    ) -> Decision:
        if (gone := _moved(head, grant, address)) is not None:
            return gone
        launch = opened.launch
        permission = Permission(launch.permission)
        try:
            demand_app(grant, permission, launch.title, changing=changes(head))
        except AenError as error:
            return self._refused(head, credential, error, str(address.path))
        if not address.slash:
            query = head.target.partition(b"?")[2].decode("latin-1")
            more = f"?{query}" if query else ""
            return redirect(f"{address.prefix}/{more}", status=307)
        upstream = self._upstreams.of(opened)
        return Forward(
            upstream=upstream.where,
            cut=len(address.prefix) if launch.strip_prefix else 0,
            base=upstream.base,
            set_headers=(*upstream.headers, *told(grant, permission)),
            drop_headers=_AUTHORIZATION if credential.token_hash else _NOTHING,
            drop_cookies=OUR_COOKIES,
            tags=(grant_tag(credential, address.path),),
            # Elsewhere, the node's own door notes it.
            meter=self.uses.meter(opened) if self._upstreams.here(opened) else None,
            polling=tuple(one.encode() for one in launch.polling),
            origins=self._upstreams.origins,
        )


def _moved(head: RequestHead, grant: Grant, address: AppAddress) -> Answer | None:
    """Send on to where a project is now that has another path; None: it is here."""
    now = ProjectPath(UserName(grant.owner), ProjectName(grant.project))
    if now.key == address.path.key:
        return None
    rest = head.target[len(address.prefix) :].decode("latin-1")
    return redirect(f"/{now}/{address.app}{rest}", status=307)


def _broken(reason: str) -> Unavailable:
    said = {
        "timeout": "The app does not answer in time.",
        "protocol": "The app answered with something that is not HTTP.",
    }
    return Unavailable(said.get(reason, "The app does not answer."))
