"""What the records of a backup say once nothing runs that they speak of: pure.

What was running, or being done, when the backup was made is shown as what it is after
the restore. Whatever named an account or a project that was removed while the backup
was made is left out.
"""

from collections.abc import Mapping
from typing import Any

from attrs import define, field

from aen.model.projects import State
from aen.model.tasks import Kind, TaskState
from aen.server.backup.copying import GONE
from aen.server.store.collection import Document

_ACTIVE = frozenset({TaskState.QUEUED.value, TaskState.RUNNING.value})
_CALM = frozenset({State.STOPPED.value, State.FAILED.value})
_EVENTS_AHEAD = 1_000_000
"""Events published between the backup and the loss had numbers that browsers and
gateways may remember; none of them is given out again."""

GO_ON = frozenset(
    {
        Kind.COPY_PROJECT,
        Kind.MOVE_PROJECT,
        Kind.DELETE_PROJECT,
        Kind.APPLY_TEAM,
        Kind.REMOVE_ACCOUNT,
    }
)
"""Tasks that are done after a restore: what they do has to be done, and can be done
twice. The others are ended: people ask again for what they still want, and a letter
that waited has most likely been sent by the platform that was lost."""

_OWNERS = {
    "sessions": ("user",),
    "tokens": ("user", "project"),
    "ssh_keys": ("user",),
    "searches": ("user",),
    "stars": ("user", "project"),
}
"""Fields that hold the id of an account, or of a project."""


@define
class Known:
    """The accounts and projects of a backup, learnt when it is read the first time."""

    users: dict[str, str] = field(factory=dict)
    """Names by id."""
    projects: set[str] = field(factory=set)

    def see(self, collection: str, document: Document) -> None:
        """Take note of a record."""
        gone = document.get(GONE)
        if collection == "users" and gone is not None:
            self.users.pop(gone, None)
        elif collection == "users":
            self.users[document["_id"]] = document["name"]
        elif collection == "projects" and gone is not None:
            self.projects.discard(gone)
        elif collection == "projects":
            self.projects.add(document["_id"])

    def names(self) -> frozenset[str]:
        """Return the names of all accounts."""
        return frozenset(self.users.values())


class Reconciler:
    """Makes records true for a platform that has just been restored."""

    def __init__(self, known: Known, when: str) -> None:
        """Take what is known, and when the backup was made, in words."""
        self._known = known
        self._names = known.names()
        self._stopped = (
            f"The platform was restored from a backup of {when}; the project ran then."
            " Start it again."
        )
        self._ended = (
            f"It was under way when the backup of {when} was made, from which the"
            " platform was restored."
        )

    def record(self, collection: str, document: Document) -> Document | None:
        """Return *document* as it is now; None: it is left out."""
        if not self._refers_to_something(collection, document):
            return None
        match collection:
            case "projects":
                return self._project(document)
            case "tasks":
                return self._task(document)
            case "schedule":
                return {**document, "worker": "", "lease_until": 0.0}
            case "counters" if document["_id"] == "events":
                return {**document, "seq": int(document["seq"]) + _EVENTS_AHEAD}
            case _:
                return document

    def _refers_to_something(self, collection: str, document: Document) -> bool:
        if collection == "projects":
            return document["owner"] in self._names
        users, projects = self._known.users, self._known.projects
        for name in _OWNERS.get(collection, ()):
            key = document.get(name)
            if name == "user" and key not in users:
                return False
            # A token of a person, and not of an app, has no project.
            if name == "project" and key and key not in projects:
                return False
        return True

    def _project(self, document: Document) -> Document:
        state = document["state"]
        if state in _CALM and not document.get("mark"):
            return document
        fresh: dict[str, Any] = {"progress": None, "mark": "", "rev": _more(document)}
        if state not in _CALM:
            problem = {"message": self._stopped, "log": []}
            fresh |= {"state": State.STOPPED.value, "problem": problem}
            fresh["ran_due"] = 0.0  # its node may have lived through it: it is asked
        return {**document, **fresh}

    def _task(self, document: Document) -> Document | None:
        if document["state"] not in _ACTIVE:
            return document
        about = _about(document)
        if about and about not in self._known.projects:
            return None
        free: dict[str, Any] = {"worker": "", "lease_until": 0.0, "progress": None}
        if document["kind"] in {one.value for one in GO_ON}:
            return {**document, **free, "state": TaskState.QUEUED.value}
        ended = {
            "state": TaskState.CANCELLED.value,
            "slot": document["_id"],
            "problem": self._ended,
        }
        return {**document, **free, **ended}


def _about(task: Mapping[str, Any]) -> str:
    return str(task["arguments"].get("project", ""))


def _more(project: Mapping[str, Any]) -> int:
    return int(project.get("rev", 0)) + 1
