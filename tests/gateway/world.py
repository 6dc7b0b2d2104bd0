"""A whole gateway between a little server and a little node, all on loopback."""

from pathlib import Path
from typing import Any

from attrs import define, evolve, field
from autobahn.twisted.resource import WebSocketResource
from klein import Klein
from treq.client import HTTPClient
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IListeningPort
from twisted.web.client import Agent, HTTPConnectionPool
from twisted.web.http_headers import Headers
from twisted.web.resource import Resource
from twisted.web.server import Request, Site

from aen.gateway.service import assemble
from aen.gateway.settings import GatewaySettings
from aen.model.errors import AenError, Failed, NotFound, Unauthenticated
from aen.model.names import PlaceName
from aen.model.places import Node
from aen.model.projects import Progress, State
from aen.runtime.machine import machine
from aen.wire import routes, tickets
from aen.wire.call import Door, call
from aen.wire.channel import ChannelEnd, ServerEndFactory
from aen.wire.messages import (
    Down,
    Grant,
    GrantQuestion,
    Launch,
    LaunchRequest,
    Line,
    NodeStatus,
    Nothing,
    Opening,
    OpenQuestion,
    ProjectNews,
    ProjectOnDisk,
    ProjectQuestion,
    PublicPlace,
    PublicQuestion,
    Up,
    Usage,
    Uses,
)
from aen.wire.streaming import Report, stream
from tests.gateway.fakes import GRANT, LAB, LAUNCH
from tests.installed import free_ports
from tests.reactor import reactor
from tests.waiting import eventually

SERVER_KEY = tickets.SigningKey(b"s" * 32)
GATEWAY_KEY = tickets.SigningKey(b"g" * 32)


@define
class Keys:
    """Knows one other."""

    issuer: str
    public: str

    async def public_key(self, issuer: str) -> str:
        """Return the key of the one it knows."""
        if issuer != self.issuer:
            raise Unauthenticated("Who are you?")
        return self.public


GATEWAY_KEYS = Keys("gateway:east", GATEWAY_KEY.public)


@define
class LittleServer:
    """Grants, opens, gives sessions for codes, and hears the channel."""

    node: Node
    door: Door = field(factory=lambda: Door(tickets.SERVER, GATEWAY_KEYS, reactor))
    grant: Grant | AenError = field(default=GRANT)
    state: State = State.RUNNING
    end: ChannelEnd | None = None
    heard_from: list[Up] = field(factory=list)
    asked: list[GrantQuestion] = field(factory=list)
    forms: list[dict[bytes, list[bytes]]] = field(factory=list)
    app = Klein()

    @app.route(routes.GRANT.path, methods=["POST"])
    @call(GrantQuestion)
    async def on_grant(self, asker: str, question: GrantQuestion) -> Grant:
        """Answer what the test says."""
        self.asked.append(question)
        if isinstance(self.grant, AenError):
            raise self.grant
        return self.grant

    @app.route(routes.OPEN.path, methods=["POST"])
    @call(OpenQuestion)
    async def on_open(self, asker: str, question: OpenQuestion) -> Opening:
        """Answer what the test says."""
        progress = Progress("Cloning", 1, 2) if self.state is State.STARTING else None
        return Opening(self.state, self.node, progress, app_token="t")

    @app.route(routes.PUBLIC.path, methods=["POST"])
    @call(PublicQuestion)
    async def on_public(self, asker: str, question: PublicQuestion) -> PublicPlace:
        """Know one project."""
        if question.project != "lab":
            raise NotFound("There is no such project.")
        return PublicPlace("p1", self.node)

    @app.route("/oauth/token", methods=["POST"])
    def on_token(self, request: Request) -> bytes:
        """Give a session for the code “good”."""
        text = request.getHeader("aen-ticket") or ""
        ticket = tickets.unseal(
            text, GATEWAY_KEY.public, tickets.SERVER, reactor.seconds()
        )
        assert ticket.purpose == "token"
        self.forms.append(request.args)
        request.setHeader("content-type", "application/json")
        if request.args[b"code"] != [b"good"]:
            request.setResponseCode(400)
            return b'{"error": "invalid_grant"}'
        return b'{"session": "s1", "user": "ada", "expires_in": 60}'

    def opened(self, gateway: str, end: ChannelEnd) -> None:
        """Tell the gateway its node."""
        self.end = end
        end.say(Down(nodes=(self.node,)))

    def heard(self, gateway: str, message: Up) -> None:
        """Note what the gateway says."""
        self.heard_from.append(message)

    def heard_of_nodes(self) -> bool:
        """Whether the gateway has told how a node is."""
        return any(up.status for up in self.heard_from)

    def closed(self, gateway: str, end: ChannelEnd) -> None:
        """Nothing is to be done."""

    def tell(self, state: State) -> None:
        """Let the project change its state, and tell the gateway."""
        self.state = state
        assert self.end is not None
        self.end.say(Down(project=ProjectNews("p1", state)))

    def site(self) -> Site:
        """Return it as a site."""
        root, wire = _Rest(self.app.resource()), Resource()
        channel = WebSocketResource(ServerEndFactory(self.door, self))
        wire.putChild(b"channel", channel)
        root.channel = channel
        return Site(root)


class _Rest(Resource):
    """Sends the channel to autobahn and the rest to klein."""

    channel: Any = None

    def __init__(self, rest: Any) -> None:
        super().__init__()
        self._rest = rest

    def getChildWithDefault(self, path: bytes, request: Request) -> Any:
        if request.path == routes.CHANNEL.path.encode():
            request.postpath = []
            return self.channel
        request.postpath = [path, *(request.postpath or [])]
        request.prepath = []
        return self._rest


@define
class LittleNode:
    """Launches one app, which is an HTTP server of its own."""

    door: Door = field(factory=lambda: Door(tickets.node("n1"), GATEWAY_KEYS, reactor))
    launch: Launch | AenError = LAUNCH
    launches: list[Launch] = field(factory=list)
    """What comes before `launch`, each once."""
    asked: list[LaunchRequest] = field(factory=list)
    uses: list[Uses] = field(factory=list)
    app = Klein()

    @app.route(routes.NODE_EVENTS.path, methods=["POST"])
    @stream(Nothing, endless=True)
    async def on_events(self, asker: str, asked: Nothing, report: Report) -> None:
        """Say what there is, and go on."""
        report(Line(status=NodeStatus("n1", "1", True, 0, apps=(LAB,))))
        await Deferred()

    @app.route(routes.LAUNCH.path, methods=["POST"])
    @call(LaunchRequest)
    async def on_launch(self, asker: str, asked: LaunchRequest) -> Launch:
        """Answer what the test says."""
        self.asked.append(asked)
        if self.launches:
            return self.launches.pop(0)
        if isinstance(self.launch, AenError):
            raise self.launch
        return self.launch

    @app.route(f"{routes.PUBLIC_PREFIX}<path:rest>", methods=["GET"])
    def on_public(self, request: Request, rest: str) -> bytes:
        """Tell what was asked for, and with what."""
        text = request.getHeader("aen-ticket") or ""
        found = tickets.unseal(
            text, GATEWAY_KEY.public, tickets.node("n1"), reactor.seconds()
        )
        assert found.purpose == "public"
        return LittleApp().render_GET(request)

    @app.route(routes.USES.path, methods=["POST"])
    @call(Uses)
    async def on_uses(self, asker: str, asked: Uses) -> Nothing:
        """Take note."""
        self.uses.append(asked)
        return Nothing()

    @app.route(routes.USAGE.path, methods=["POST"])
    @call(ProjectQuestion)
    async def on_usage(self, asker: str, asked: ProjectQuestion) -> Usage:
        """Say what a project uses."""
        return Usage(1.0, 2, 3, 4)

    @app.route(routes.START_PROJECT.path, methods=["POST"])
    @stream(ProjectOnDisk)
    async def on_start(self, asker: str, asked: ProjectOnDisk, report: Report) -> None:
        """Fail, after some progress."""
        report(Line(progress=Progress("Cloning", 1, 2)))
        raise Failed("No disk.", log=("line",))


class LittleApp(Resource):
    """What runs behind the gateway: tells what it was asked."""

    isLeaf = True

    def render_GET(self, request: Request) -> bytes:
        """Show the target, and the cookies and token that came along."""
        cookie = request.getHeader("cookie") or "-"
        token = request.getHeader("authorization") or "-"
        return f"{request.uri.decode()} {cookie} {token}".encode()


@define
class World:
    """All of it, running."""

    server: LittleServer
    node: LittleNode
    settings: GatewaySettings
    service: Any
    base: str
    ports: list[IListeningPort]
    app_port: int
    http: HTTPClient = field(init=False)

    def __attrs_post_init__(self) -> None:
        pool = HTTPConnectionPool(reactor, persistent=False)
        self.http = HTTPClient(Agent(reactor, pool=pool))

    def launched(self) -> Launch:
        """Return a launch of the little app, on this machine."""
        return evolve(LAUNCH, socket="", port=self.app_port, machine=machine())

    async def get(self, path: str, **headers: str) -> Any:
        """Ask the gateway, following nothing."""
        named = Headers()
        for name, value in headers.items():
            named.addRawHeader(name.replace("_", "-"), value)
        return await self.http.get(
            self.base + path, headers=named, allow_redirects=False
        )

    async def stop(self) -> None:
        """Stop everything."""
        await self.service.stopService()
        for port in self.ports:
            stopped: Any = port.stopListening()
            await stopped


async def make_world(folder: Path, **changes: Any) -> World:
    """Start server, node, app and gateway; return once they know each other.

    :param changes: settings that are unlike the usual ones.
    """
    node = LittleNode()
    node_port = reactor.listenTCP(0, Site(node.app.resource()), interface="127.0.0.1")
    where = f"http://127.0.0.1:{node_port.getHost().port}"
    server = LittleServer(Node(PlaceName("n1"), where))
    server.grant = evolve(GRANT, node=server.node)
    server_port = reactor.listenTCP(0, server.site(), interface="127.0.0.1")
    app_port = reactor.listenTCP(0, Site(LittleApp()), interface="127.0.0.1")
    (gateway_port,) = free_ports(1)
    settings = GatewaySettings(
        name="east",
        server=f"http://127.0.0.1:{server_port.getHost().port}",
        server_key=SERVER_KEY.public,
        key=GATEWAY_KEY.text,
        public_url=f"http://127.0.0.1:{gateway_port}",
        prefix=str(folder),
        listen=(f"tcp:{gateway_port}:interface=127.0.0.1",),
    )
    settings = evolve(settings, **changes)
    settings.logs.mkdir(parents=True)
    service: Any = assemble(settings, reactor)
    service.privilegedStartService()
    service.startService()
    ports = [node_port, server_port, app_port]
    world = World(
        server, node, settings, service, settings.public_url, ports,
        app_port.getHost().port,
    )  # fmt: skip
    await eventually(server.heard_of_nodes, "the server is told of the node")
    return world
