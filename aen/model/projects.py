"""Projects: the unit of work, of sharing and of running."""

import enum
import hashlib
import json

from attrs import frozen

from aen.model.names import EnvironmentName, PlaceName, ProjectPath, UserName


class State(enum.Enum):
    """Where a project is in its life; the word is shown to people capitalised."""

    STOPPED = "stopped"
    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"
    FAILED = "failed"

    @property
    def word(self) -> str:
        """The state as people read it."""
        return self.value.capitalize()


class Visibility(enum.Enum):
    """Who besides the team may see a project."""

    PRIVATE = "private"
    PUBLIC = "public"


class TeamRole(enum.Enum):
    """What a team member may do; the owner is not in the team list."""

    VIEWER = "viewer"
    MEMBER = "member"
    MAINTAINER = "maintainer"


@frozen
class Member:
    """One person of a project's team."""

    user: UserName
    role: TeamRole = TeamRole.MEMBER
    until: float | None = None
    """When a guest's time is over, in seconds since the epoch; None: they stay."""


@frozen
class Progress:
    """How far a start or stop has come: `done` of `total` units of `step`."""

    step: str
    done: int = 0
    total: int = 0


@frozen
class Problem:
    """Why a project is in the state FAILED: a sentence and the last output."""

    message: str
    log: tuple[str, ...] = ()


@frozen
class Shipment:
    """A second place of a project's files: where they are brought, or were left."""

    id: str
    """Names the attempt to move it: the nodes know it by that."""
    data_center: PlaceName
    node: PlaceName


@frozen
class Project:
    """A project as the server knows it. `id` survives renaming."""

    id: str
    path: ProjectPath
    data_center: PlaceName
    state: State = State.STOPPED
    visibility: Visibility = Visibility.PRIVATE
    summary: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    team: tuple[Member, ...] = ()
    node: PlaceName | None = None
    environment: EnvironmentName = EnvironmentName("default")
    created: float = 0.0
    updated: float = 0.0
    progress: Progress | None = None
    problem: Problem | None = None
    former: tuple[str, ...] = ()
    """Keys of the paths it had before, the newest last."""
    source: str = ""
    """The id of the project whose files are still to be copied here; empty: none."""
    home: ProjectPath | None = None
    """Where its files still are, after it got another path; None: at its path."""
    stars: int = 0
    """How many people have starred it."""
    bound: Shipment | None = None
    """Where its files are being brought; until they are there it is here."""
    left: Shipment | None = None
    """Where files of it are still to be removed, since they are here."""

    def holds(self, name: UserName | str) -> bool:
        """Whether *name* owns it or is in its team."""
        return self.path.owner == name or any(one.user == name for one in self.team)

    def member(self, name: UserName) -> Member | None:
        """Return the team entry of *name*, if there is one."""
        return next((one for one in self.team if one.user == name), None)


def edition(project: Project) -> str:
    """Return what tells how a project is described now from how it was before.

    It is of what people edit (summary, description, tags, visibility) and of nothing
    that changes by itself, so that a project may start while somebody writes.
    """
    whole = (
        project.summary,
        project.description,
        project.visibility.value,
        project.tags,
    )
    return hashlib.sha256(json.dumps(whole).encode()).hexdigest()[:20]
