"""What the server's use cases take and return besides the model's own values."""

from typing import Generic, TypeVar

from attrs import frozen

from aen.model.apps import Instance, Permission
from aen.model.names import AppName, PlaceName
from aen.model.places import NodeHealth
from aen.model.users import Role

T = TypeVar("T")


@frozen
class Page(Generic[T]):
    """Part of a list; `next` is the cursor of the part after it, if there is one."""

    items: tuple[T, ...]
    next: str | None = None


@frozen
class SessionInfo:
    """A browser session as its owner sees it; `current` is the one that asks."""

    id: str
    created: float
    last_seen: float
    agent: str
    address: str
    current: bool


@frozen
class TokenInfo:
    """An API token as its owner sees it; the token itself is shown only once."""

    id: str
    note: str
    scopes: tuple[str, ...] | None
    """None: everything its user may."""
    created: float
    expires: float | None
    last_used: float | None
    project: str | None = None
    """``owner/name`` of the only project it reaches; None: all its user may reach."""


@frozen
class AccountChanges:
    """What to change of an account; None leaves a part as it is."""

    display_name: str | None = None
    email: str | None = None
    url: str | None = None
    company: str | None = None
    location: str | None = None
    notices: bool | None = None
    role: Role | None = None
    disabled: bool | None = None
    password: str | None = None

    @property
    def personal(self) -> bool:
        """Whether it is only what people may change of their own account."""
        powers = (self.role, self.disabled, self.password)
        return all(one is None for one in powers)


@frozen
class NewProject:
    """What somebody asks for who makes a project; only the name is needed."""

    name: str
    visibility: str | None = None
    summary: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    data_center: str | None = None
    owner: str | None = None
    """For administrators: whose project it will be."""


@frozen
class ProjectChanges:
    """What to change of a project; None leaves a part as it is."""

    summary: str | None = None
    description: str | None = None
    tags: tuple[str, ...] | None = None
    visibility: str | None = None


@frozen
class AppLink:
    """An app somebody may open; `url` is on the gateway, as browsers see it."""

    name: AppName
    title: str
    icon: str
    permission: Permission
    instance: Instance
    url: str
    hidden: bool = False
    """Whether pages leave it out where people choose an app."""


@frozen
class Opened:
    """An app that was asked for: where it is, and the state of its project."""

    url: str
    state: str


@frozen
class CenterHealth:
    """How a data center is: its gateway's channel and what is known of its nodes."""

    name: PlaceName
    connected: bool
    seen: float | None
    """When the gateway was last heard of, in seconds since the epoch."""
    nodes: tuple[NodeHealth, ...] = ()


@frozen
class Event:
    """Something that happened, for those who watch; `seq` grows with time."""

    topic: str
    kind: str
    data: dict[str, object]
    seq: int
