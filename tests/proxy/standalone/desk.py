"""A whole ``aen-proxy`` on loopback, and a target behind it that tells what it got."""

import json
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import pytest_twisted
import treq
from attrs import define, field
from OpenSSL import SSL
from twisted.internet.endpoints import TCP4ClientEndpoint
from twisted.internet.interfaces import IAddress
from twisted.internet.protocol import Factory
from twisted.protocols.policies import WrappingFactory
from twisted.web.client import Agent, FileBodyProducer, HTTPConnectionPool
from twisted.web.http_headers import Headers
from twisted.web.iweb import IPolicyForHTTPS
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request, Site
from zope.interface import implementer

from aen.proxy.standalone.options import read_options
from aen.proxy.standalone.service import Standalone
from aen.proxy.standalone.tls import Unverified
from tests.proxy.stage import Raw
from tests.waiting import eventually

TOKEN = "the-token"


class Target(Resource):
    """Says as JSON what it was asked; ``status`` and ``location`` may be asked for.

    ``silent`` is never answered.
    """

    isLeaf = True

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.waiting: list[Any] = []

    def render(self, request: Request) -> Any:
        arguments = cast("dict[bytes, list[bytes]]", request.args)
        self.asked.append(request.uri.decode())
        if b"silent" in arguments:
            self.waiting.append(request.transport)
            return NOT_DONE_YET
        request.setResponseCode(int(arguments.get(b"status", [b"200"])[0]))
        if b"location" in arguments:
            request.setHeader(b"location", arguments[b"location"][0])
        request.setHeader(b"set-cookie", b"a=b")
        fields = {
            name.decode().lower(): [value.decode() for value in values]
            for name, values in request.requestHeaders.getAllRawHeaders()
        }
        said = {
            "method": request.method.decode(),
            "uri": request.uri.decode(),
            "headers": fields,
        }
        return json.dumps(said).encode()


@define
class Reply:
    """What came back."""

    status: int
    headers: dict[str, list[str]]
    body: bytes

    @property
    def said(self) -> Any:
        """The body, which is JSON."""
        return json.loads(self.body)

    @property
    def seen(self) -> dict[str, list[str]]:
        """The headers the target got."""
        return cast("dict[str, list[str]]", self.said["headers"])


@implementer(IPolicyForHTTPS)
class Anybody:
    """Speaks TLS with anybody; shows the certificate of *context*, if any."""

    def __init__(self, context: Any = None) -> None:
        self.context = context or SSL.Context(SSL.TLS_CLIENT_METHOD)

    def creatorForNetloc(self, hostname: bytes, port: int) -> Unverified:  # noqa: N802
        return Unverified(hostname.decode(), self.context)


@define
class Desk:
    """Starts proxies and asks them; ends them all with the test."""

    reactor: Any
    target: Target
    room: Path
    web: WrappingFactory
    ports: list[Any]
    started: list[Standalone] = field(factory=list)
    policy: Any = field(factory=Anybody)

    @property
    def port(self) -> int:
        """The port of the target."""
        return int(self.ports[0].getHost().port)

    @property
    def url(self) -> str:
        """Where the target is."""
        return f"http://127.0.0.1:{self.port}"

    def on_socket(self) -> str:
        """Let the target be on a UNIX socket as well; return its URL."""
        path = str(self.room / "t")
        self.ports.append(self.reactor.listenUNIX(path, self.web))
        return "unix+http://" + path.replace("/", "%2F")

    def start(self, *arguments: str, **environment: str) -> Standalone:
        """Return a proxy with these options, on ports of its own."""
        names = ("ip", "port", "api-ip", "api-port")
        usual = [
            part
            for name in names
            if f"--{name}" not in arguments
            for part in (f"--{name}", "127.0.0.1" if name.endswith("ip") else "0")
        ]
        environment.setdefault("CONFIGPROXY_AUTH_TOKEN", TOKEN)
        running = Standalone(
            read_options([*usual, *arguments], environment), self.reactor
        )
        self.started.append(running)
        running.open()
        return running

    async def ask(
        self,
        address: IAddress,
        path: str,
        *,
        method: str = "GET",
        body: bytes | None = None,
        scheme: str = "http",
        **fields: str,
    ) -> Reply:
        """Return what the proxy at *address* answers."""
        where = f"{scheme}://127.0.0.1:{cast('Any', address).port}{path}"
        pool = HTTPConnectionPool(self.reactor, persistent=False)
        agent = Agent(self.reactor, self.policy, 5, pool=pool)
        headers = Headers({n.replace("_", "-"): [v] for n, v in fields.items()})
        producer = None if body is None else FileBodyProducer(BytesIO(body))
        response = await agent.request(
            method.encode(), where.encode(), headers, producer
        )
        return Reply(
            response.code,
            {
                name.decode().lower(): [value.decode() for value in values]
                for name, values in response.headers.getAllRawHeaders()
            },
            await treq.content(response),
        )

    async def get(self, running: Standalone, path: str, **fields: Any) -> Reply:
        """Return what clients of the proxy get."""
        return await self.ask(running.addresses[0], path, **fields)

    async def api(
        self,
        running: Standalone,
        path: str,
        method: str = "GET",
        data: object = None,
    ) -> Reply:
        """Return what the API says to those who know the token."""
        return await self.ask(
            running.addresses[1],
            path,
            method=method,
            body=None if data is None else json.dumps(data).encode(),
            authorization=f"token {TOKEN}",
        )

    async def raw(self, address: IAddress) -> Raw:
        """Return a raw connection to where the proxy listens."""
        port = cast("Any", address).port
        endpoint = TCP4ClientEndpoint(self.reactor, "127.0.0.1", port)
        return cast("Raw", await endpoint.connect(Factory.forProtocol(Raw)))

    async def add(self, running: Standalone, path: str, target: str) -> None:
        """Add a route."""
        done = await self.api(running, f"/api/routes{path}", "POST", {"target": target})
        assert done.status == 201, done.body

    async def activity(self, running: Standalone, path: str) -> str:
        """Return when something last succeeded on a route."""
        reply = await self.api(running, f"/api/routes{path}")
        return str(reply.said["last_activity"])


@pytest_twisted.async_yield_fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """A target, and proxies as the test starts them."""
    from twisted.internet import reactor as global_reactor  # noqa: PLC0415, TID251

    reactor = cast("Any", global_reactor)
    target = Target()
    web = WrappingFactory(Site(target))
    port = reactor.listenTCP(0, web, interface="127.0.0.1")
    made = Desk(reactor, target, tmp_path, web, [port])
    yield made
    for running in made.started:
        await running.close()
    for peer in target.waiting:
        peer.abortConnection()
    for port in made.ports:
        await port.stopListening()
    await eventually(lambda: not web.protocols, "the target is left")
