"""Questions and answers between roles: one class each, read strictly."""

from attrs import field, frozen

from aen.model.apps import AppSummary
from aen.model.places import Node
from aen.model.projects import Member, Problem, Progress, State
from aen.model.site import Notice

# ---- the gateway asks the server


@frozen
class Registration:
    """An administrator's request to make (or renew) a data center."""

    name: str
    url: str
    key: str
    summary: str = ""


@frozen
class Registered:
    """The server's public key, and its address as browsers see it."""

    server_key: str
    server_url: str


@frozen
class Nothing:
    """A message without content."""


@frozen
class Credential:
    """Who a request comes from: a browser's session, an API token, or nobody.

    `session` is the public id in a gateway's pass, `token_hash` the SHA-256 (hex)
    of an API token: the token itself stays at the door.
    """

    session: str | None = None
    token_hash: str | None = None


@frozen
class GrantQuestion:
    """Asks what somebody may do in a project."""

    credential: Credential
    owner: str
    project: str


@frozen
class Grant:
    """The answer: may be cached until the channel says otherwise.

    `user` is empty for a visitor; `actions` are values of `permissions.Action`.
    """

    project_id: str
    owner: str
    project: str
    user: str
    user_id: str
    actions: tuple[str, ...]
    state: State
    node: Node | None = None
    progress: Progress | None = None
    problem: Problem | None = None
    until: float | None = None
    """When it ends by itself: a guest's time is over; in seconds since the epoch."""


@frozen
class OpenQuestion:
    """Somebody opens an app: start its project if need be."""

    credential: Credential
    owner: str
    project: str
    app: str


@frozen
class Opening:
    """How far the project is, and the app's token once it runs."""

    state: State
    node: Node | None = None
    progress: Progress | None = None
    problem: Problem | None = None
    app_token: str = ""


# ---- the server and the gateway ask a node


@frozen
class ProjectOnDisk:
    """A project as a node needs to know it."""

    id: str
    owner: str
    name: str
    team: tuple[Member, ...] = ()


@frozen
class ProjectMove:
    """Put a project's files where it is now; they were at *owner*/*name*."""

    project: ProjectOnDisk
    owner: str
    name: str


@frozen
class ProjectCopy:
    """Make a project that holds what *source* does."""

    project: ProjectOnDisk
    source: ProjectOnDisk


@frozen
class NodeStatus:
    """What a node says of itself."""

    name: str
    version: str
    single_user: bool
    projects: int
    messages: tuple[str, ...] = ()
    apps: tuple[AppSummary, ...] = ()
    machine: str = ""
    """Who can open the same UNIX sockets: the boot id and mount namespace."""
    refused: tuple[str, ...] = ()
    """Accounts that may not own, join or start projects here: root, the service's."""


@frozen
class LaunchRequest:
    """Run an app, or find the one that runs."""

    project: ProjectOnDisk
    app: str
    user: str
    token: str = field(repr=False, default="")
    visitor: bool = False
    """Whether it is for somebody who has not signed in; `user` is all visitors then."""


@frozen
class Launch:
    """An app that runs. `socket` or `port` is where it listens on its node."""

    id: str
    project_id: str
    owner: str
    project: str
    app: str
    user: str
    title: str
    instance: str
    permission: str
    strip_prefix: bool
    started: float
    socket: str = ""
    port: int = 0
    machine: str = ""
    state: str = "running"
    """``starting``, ``running`` or ``stopped``."""
    polling: tuple[str, ...] = ()
    """How paths begin where a page that is merely open asks now and then."""


@frozen
class LaunchList:
    """Apps that run."""

    launches: tuple[Launch, ...]


@frozen
class ProjectQuestion:
    """About one project (empty: about all of the node)."""

    project_id: str = ""


@frozen
class StopLaunch:
    """End one app."""

    launch: str


@frozen
class LogQuestion:
    """Asks for the last lines of an app's output."""

    launch: str


@frozen
class Log:
    """The last lines of an app's output."""

    lines: tuple[str, ...] = ()


@frozen
class Uses:
    """What a gateway tells a node: when its apps were last used.

    By launch, in seconds since the epoch: a request, or data of a WebSocket.
    """

    last: dict[str, float] = field(factory=dict)


@frozen
class Environment:
    """One environment of a project; packages are ``name==version``."""

    name: str
    python: str
    active: bool
    packages: tuple[str, ...] = ()
    provider: str = "builtin"


@frozen
class EnvironmentList:
    """A project's environments."""

    environments: tuple[Environment, ...]


@frozen
class Usage:
    """What a project uses: bytes of memory and disk, CPU in percent of one core."""

    cpu: float
    memory: int
    disk: int
    processes: int


@frozen
class Limit:
    """The most that may be used; 0: no limit. Bytes, cores, counts."""

    memory: int = 0
    cpu: float = 0.0
    processes: int = 0
    files: int = 0


@frozen
class AppUse:
    """One running app: what it is, what it uses, when it was last used."""

    launch: Launch
    cpu: float = 0.0
    memory: int = 0
    processes: int = 0
    last_use: float = 0.0
    """Seconds since the epoch."""
    idle_until: float = 0.0
    """When it will be stopped unless it is used; 0: never."""


@frozen
class Resources:
    """What a project has and may have on its node: the compute resources page."""

    usage: Usage
    apps: tuple[AppUse, ...] = ()
    environments: tuple[Environment, ...] = ()
    node: str = ""
    single_user: bool = True
    limits_by: str = ""
    """What holds limits on this node: ``cgroup v2``, ``cgroup v1``, ``rlimits``."""
    app_limit: Limit = Limit()
    project_limit: Limit = Limit()
    quota: int = 0
    """Bytes of disk after which the project does not start; 0: none."""
    messages: tuple[str, ...] = ()
    """What does not hold on this node, in sentences."""


# ---- public folders


@frozen
class PublicQuestion:
    """Asks where a project's public folder is served from."""

    owner: str
    project: str


@frozen
class PublicPlace:
    """The answer; of a project that was never started there is no node.

    `owner` and `project` say where its files are, which may have been asked for by a
    former path; empty: where they were asked for.
    """

    project_id: str
    node: Node | None = None
    owner: str = ""
    project: str = ""


# ---- lines of an answer that streams


@frozen
class Line:
    """One line of a stream: exactly one of these; all empty keeps it alive."""

    progress: Progress | None = None
    done: bool = False
    problem: Problem | None = None
    status: NodeStatus | None = None
    launch: Launch | None = None
    output: str = ""
    """A line that a tool printed, for people."""


# ---- the channel between gateway and server, one JSON object a message


@frozen
class Drop:
    """Cached grants that no longer hold: of a project, a person or a session."""

    project_id: str = ""
    user_id: str = ""
    session: str = ""
    reason: str = ""
    """Why, for people whose connections are closed by it."""


@frozen
class ProjectNews:
    """A project changed its state or came a step further."""

    id: str
    state: State
    node: Node | None = None
    progress: Progress | None = None
    problem: Problem | None = None


@frozen
class Down:
    """From the server to a gateway; exactly one part is set."""

    nodes: tuple[Node, ...] | None = None
    """The data center's nodes, now and whenever they change."""
    drop: Drop | None = None
    project: ProjectNews | None = None
    notices: tuple[Notice, ...] | None = None
    """What everybody is to read, now and whenever it changes."""


@frozen
class Up:
    """From a gateway to the server; exactly one part is set."""

    status: NodeStatus | None = None
    """A node answered; sent when it changes and when it comes back."""
    silent: str = ""
    """The name of a node that does not answer."""
    launch: Launch | None = None
    """An app started or ended."""
