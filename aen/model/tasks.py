"""Tasks: work that outlives the request that asked for it."""

import enum
from typing import Any

from attrs import field, frozen

from aen.model.projects import Progress


class TaskState(enum.Enum):
    """Where a task is: waiting, held by a worker, or ended."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return self in (TaskState.DONE, TaskState.FAILED)


class Kind(enum.Enum):
    """What a worker can be asked to do."""

    START_PROJECT = "start project"
    STOP_PROJECT = "stop project"
    RESET_PROJECT = "reset project"
    DELETE_PROJECT = "delete project"
    APPLY_TEAM = "apply team"
    CHANGE_ENVIRONMENT = "change environment"


@frozen
class Task:
    """One piece of work. `key` is unique among tasks that have not ended."""

    id: str
    kind: Kind
    key: str
    arguments: dict[str, Any] = field(factory=dict)
    by: str = ""
    state: TaskState = TaskState.QUEUED
    attempts: int = 0
    created: float = 0.0
    updated: float = 0.0
    worker: str = ""
    lease_until: float = 0.0
    progress: Progress | None = None
    problem: str = ""
    output: tuple[str, ...] = ()
    """The last lines that a tool has printed so far, for people."""
