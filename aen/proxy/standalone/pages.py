"""What clients are told when there is no route, or nobody at its end."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import quote

from attrs import frozen
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import UNIXClientEndpoint
from twisted.internet.interfaces import IStreamClientEndpoint
from twisted.internet.protocol import Protocol as Connected
from twisted.internet.protocol import connectionDone
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.client import Agent, HTTPConnectionPool, ResponseDone
from twisted.web.iweb import IAgentEndpointFactory, IPolicyForHTTPS, IResponse
from typing_extensions import override
from zope.interface import implementer

from aen.proxy import answers
from aen.proxy.head import Headers, RequestHead
from aen.proxy.routing import Answer
from aen.proxy.standalone.refusal import Refusal
from aen.proxy.standalone.targets import Target

MOST_PAGE: Final = 1 << 20
"""Longest page of an error target, in bytes."""
MOST_ASKED: Final = 64
"""Pages asked for at once; who comes beyond gets one that need not be asked for."""
_SECONDS: Final = 10.0
_HTML: Final = ((b"Content-Type", b"text/html"), (b"Cache-Control", b"no-store"))
# The error target knows nothing of the client: a cookie of its own would replace one
# the client has from there.
_NOT_PASSED_ON: Final = frozenset(
    {b"set-cookie", b"keep-alive", b"trailer", b"upgrade", b"proxy-authenticate"}
)


class Pages(Protocol):
    """Writes the answer to a request that cannot be forwarded."""

    def answer(self, head: RequestHead, status: int) -> Answer | Awaitable[Answer]:
        """Return the answer with this status."""


@frozen
class OwnPages:
    """Writes what the proxy always writes."""

    def answer(self, head: RequestHead, status: int) -> Answer:
        """Return a page for a person, JSON for a program."""
        return answers.error(status, head)


@frozen
class FilePages:
    """Reads ``404.html`` and so on, or else ``error.html``, from a directory."""

    directory: Path

    def answer(self, head: RequestHead, status: int) -> Answer:
        """Return the page as its file is now, our own if there is none."""
        for name in (f"{status}.html", "error.html"):
            try:
                return Answer(status, _HTML, (self.directory / name).read_bytes())
            except OSError:
                continue
        return answers.error(status, head)


class RemotePages:
    """Asks an error target for ``/404?url=…`` and so on, *otherwise* if it fails."""

    def __init__(
        self,
        target: Target,
        reactor: Any,
        client_tls: Callable[[str], Any],
        otherwise: Pages,
    ) -> None:
        self._otherwise = otherwise
        self._reactor = reactor
        self._asking = 0
        kind = target.upstream.partition(":")[0]
        scheme = b"https" if kind == "tls" else b"http"
        self._base = scheme + b"://" + target.host + target.base
        self._log = Logger()
        pool = HTTPConnectionPool(reactor, persistent=False)
        if kind == "unix":
            self._agent = Agent.usingEndpointFactory(
                reactor, _ToSocket(reactor, target.upstream.partition(":")[2]), pool
            )
        else:
            self._agent = Agent(reactor, _Policy(client_tls), _SECONDS, pool=pool)

    async def answer(self, head: RequestHead, status: int) -> Answer:
        """Return the page the error target writes; the status stays *status*."""
        page = None
        if self._asking < MOST_ASKED:
            self._asking += 1
            page = await self._page(head, status)
            self._asking -= 1
        if page is not None:
            return page
        answer = self._otherwise.answer(head, status)
        return answer if isinstance(answer, Answer) else await answer

    async def _page(self, head: RequestHead, status: int) -> Answer | None:
        url = b"%s/%d?url=%s" % (self._base, status, quote(head.target, "").encode())
        try:
            asked: Deferred[Answer] = Deferred.fromCoroutine(self._ask(url, status))
            return await asked.addTimeout(_SECONDS, self._reactor)
        except Exception as error:  # noqa: BLE001 -- whatever it is, there is an answer
            self._log.error("no page from the error target: {error}", error=error)
            return None

    async def _ask(self, url: bytes, status: int) -> Answer:
        response = await self._agent.request(b"GET", url)
        fields: Headers = tuple(
            (name, value)
            for name, values in response.headers.getAllRawHeaders()
            for value in values
            if name.lower() not in _NOT_PASSED_ON
        )
        return Answer(status, fields, await _body(response))


def pages(
    target: Target | None,
    directory: str | None,
    reactor: Any,
    client_tls: Callable[[str], Any],
) -> Pages:
    """Return who writes the pages for errors.

    :raises Refusal: *directory* is none.
    """
    found: Pages = OwnPages()
    if directory is not None:
        if not Path(directory).is_dir():
            raise Refusal(f"--error-path: {directory} is no directory")
        found = FilePages(Path(directory))
    if target is not None:
        found = RemotePages(target, reactor, client_tls, found)
    return found


class _Body(Connected):
    """Collects a body that is not too long."""

    def __init__(self, done: Deferred[bytes]) -> None:
        self._done = done
        self._data = bytearray()

    @override
    def dataReceived(self, data: bytes) -> None:
        self._data += data
        if len(self._data) > MOST_PAGE:
            self._cut()

    @override
    def connectionLost(self, reason: Failure = connectionDone) -> None:
        if self._done.called:
            return
        if reason.check(ResponseDone):
            self._done.callback(bytes(self._data))
        else:
            self._done.errback(reason)

    def _cut(self) -> None:
        transport: Any = self.transport
        if not self._done.called:
            self._done.errback(ValueError("the page is too long"))
        transport.abortConnection()


def _body(response: IResponse) -> Deferred[bytes]:
    done: Deferred[bytes] = Deferred()
    response.deliverBody(_Body(done))
    return done


@implementer(IPolicyForHTTPS)
@frozen
class _Policy:
    """Speaks to the error target as to every other one."""

    client_tls: Callable[[str], Any]

    def creatorForNetloc(self, hostname: bytes, port: int) -> Any:  # noqa: N802
        return self.client_tls(hostname.decode("ascii"))


@implementer(IAgentEndpointFactory)
@frozen
class _ToSocket:
    reactor: Any
    path: str

    def endpointForURI(self, uri: Any) -> IStreamClientEndpoint:  # noqa: N802
        return UNIXClientEndpoint(self.reactor, self.path, _SECONDS)
