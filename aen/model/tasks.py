"""Tasks: work that outlives the request that asked for it."""

import enum
from typing import Any, Self

from attrs import field, frozen

from aen.model.projects import Progress


class TaskState(enum.Enum):
    """Where a task is: waiting, held by a worker, or ended."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    """For good; it stays with its reason and log, and may be done anew."""
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return self in (TaskState.DONE, TaskState.FAILED, TaskState.CANCELLED)


class Urgency(enum.Enum):
    """Who comes first; the value is the seconds of patience.

    A task is done before those that came after it by more than the difference, so
    that nothing waits for ever behind what is more urgent.
    """

    WAITED_FOR = 0.0
    """Somebody sits in front of a page that shows it."""
    ORDINARY = 30.0
    BACKGROUND = 300.0
    """Mail, sweeps: nobody sees whether it is done now or soon."""


class Stopping(enum.Enum):
    """How far a task can be cancelled."""

    NEVER = "never"
    """What it does has to be done."""
    WHILE_WAITING = "while waiting"
    """Until a worker has begun it."""
    AT_NEXT_STEP = "at its next step"
    """What is under way on a node ends first."""
    AT_ONCE = "at once"


@frozen
class Retries:
    """How often, after which pauses, to try again what may pass by itself."""

    first: float = 1.0
    """Seconds before the first retry; each further pause is twice as long."""
    longest: float = 60.0
    most: int = 12

    def pause(self, tries: int) -> float | None:
        """Return the seconds after try number *tries*; None: enough was tried."""
        if tries > self.most:
            return None
        return min(self.longest, self.first * 2.0 ** min(tries - 1, 30))


@frozen
class Nature:
    """What holds of all tasks of a kind."""

    weight: int = 0
    """Of tasks with one key, the one that weighs more takes the place of another."""
    urgency: Urgency = Urgency.ORDINARY
    stopping: Stopping = Stopping.WHILE_WAITING
    owned: bool = False
    """Whether who asked for it may cancel it, and not administrators alone."""
    tidied: bool = False
    """Whether its handler has to tidy up even when it never began."""
    retries: Retries = Retries()
    busy: str = "is being changed"
    """What is with its project meanwhile: “The project …”."""


_START = Nature(
    weight=1,
    urgency=Urgency.WAITED_FOR,
    stopping=Stopping.AT_ONCE,
    owned=True,
    tidied=True,
    busy="is starting",
)


def _alone(weight: int, busy: str) -> Nature:
    """Return the nature of what has a project to itself and has to be done."""
    return Nature(weight, Urgency.WAITED_FOR, Stopping.NEVER, busy=busy)


_STOP = _alone(2, "is stopping; wait until it has stopped")
_RESET = _alone(3, "is being reset; wait until that is done")
_COPY = _alone(1, "is being copied; wait until that is done")
_MOVE = _alone(4, "is being moved; wait until that is done")
# It takes as long as its files need: people may think better of it.
_SHIP = Nature(
    weight=5,
    urgency=Urgency.WAITED_FOR,
    stopping=Stopping.AT_ONCE,
    owned=True,
    tidied=True,
    retries=Retries(first=2.0, most=8),
    busy="is being moved to another data center; wait until that is done, or cancel it",
)
_CLEAR = Nature(
    urgency=Urgency.BACKGROUND,
    stopping=Stopping.NEVER,
    retries=Retries(first=5.0, longest=300.0, most=12),
)
_DELETE = _alone(6, "is being deleted")
# Until it is done, somebody who has left the team may still reach the files.
_TEAM = Nature(urgency=Urgency.WAITED_FOR, stopping=Stopping.NEVER)
_ENVIRONMENT = Nature(
    urgency=Urgency.WAITED_FOR,
    stopping=Stopping.AT_NEXT_STEP,
    owned=True,
    tidied=True,  # those who watch it are told
)

# The pauses are a setting; a letter that waits takes nobody's place.
_MAIL = Nature(urgency=Urgency.BACKGROUND, retries=Retries(most=1000))

# It waits until the projects of the account are gone, which may take a while.
_REMOVAL = Nature(
    stopping=Stopping.NEVER, retries=Retries(first=2.0, longest=300.0, most=300)
)


class Kind(enum.Enum):
    """What a worker can be asked to do: the words it is stored by, and its nature.

    `aen.server.work.handlers` has who does it: a new kind is a line there and one here.
    """

    START_PROJECT = "start project", _START
    STOP_PROJECT = "stop project", _STOP
    RESET_PROJECT = "reset project", _RESET
    COPY_PROJECT = "copy project", _COPY
    MOVE_PROJECT = "move project", _MOVE
    SHIP_PROJECT = "move project to another data center", _SHIP
    CLEAR_LEFT = "remove what a moved project left", _CLEAR
    DELETE_PROJECT = "delete project", _DELETE
    APPLY_TEAM = "apply team", _TEAM
    CHANGE_ENVIRONMENT = "change environment", _ENVIRONMENT
    SEND_MAIL = "send mail", _MAIL
    REMOVE_ACCOUNT = "remove account", _REMOVAL

    nature: Nature

    def __new__(cls, words: str, nature: Nature) -> Self:
        """Return a kind that is looked up by its words."""
        one = object.__new__(cls)
        one._value_ = words
        one.nature = nature
        return one

    @classmethod
    def called(cls, words: str) -> "Kind":
        """Return the kind stored by *words*, or raise `KeyError`."""
        return _BY_WORDS[words]

    @property
    def title(self) -> str:
        """The kind as people read it."""
        words = str(self.value)
        return words[0].upper() + words[1:]


_BY_WORDS = {str(one.value): one for one in Kind}


@frozen
class Task:
    """One piece of work. `key` is unique among tasks that have not ended."""

    id: str
    kind: Kind
    key: str
    arguments: dict[str, Any] = field(factory=dict)
    by: str = ""
    """The name of who asked for it; empty: the platform."""
    state: TaskState = TaskState.QUEUED
    attempts: int = 0
    """How often a worker has begun it."""
    tries: int = 0
    """How often it was put off because of something that may pass by itself."""
    lost: int = 0
    """How often it was lost with a worker that died."""
    created: float = 0.0
    updated: float = 0.0
    next: float = 0.0
    """Not to be begun before; in seconds since the epoch."""
    worker: str = ""
    lease_until: float = 0.0
    progress: Progress | None = None
    problem: str = ""
    """Why it failed or waits."""
    log: tuple[str, ...] = ()
    """The last lines of what failed."""
    output: tuple[str, ...] = ()
    """The last lines that a tool has printed so far, for people."""
    cancelling: str = ""
    """The name of who wants it ended."""

    @property
    def project(self) -> str:
        """The id of the project it is about; empty: none."""
        return str(self.arguments.get("project", ""))
