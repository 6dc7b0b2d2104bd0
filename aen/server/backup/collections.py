"""Which collections are in a backup, and in which order they are read.

Nothing stands still while a backup is made. What refers to something is read before
it: whoever an account, a project or a letter was named by, that one is in the backup,
unless it was taken away meanwhile. Then whatever named it is left out by the restore
(`aen.server.backup.reconciling`).
"""

from collections.abc import Mapping

from aen.server.store.collection import Document
from aen.server.store.schema import INDEXES

ORDER = (
    "attempts",
    "kept_answers",
    "exceptions",
    "audit",
    "familiar",
    "sessions",
    "tokens",
    "resets",
    "signups",
    "searches",
    "stars",
    "ssh_keys",
    "tasks",
    "letters",
    "projects",
    "users",
    "centers",
    "schedule",
    "site",
    "counters",
)
"""What is read, first to last."""

PASSING: Mapping[str, str] = {
    "codes": "signing in at a gateway takes a second and is begun again",
    "events": "news for those who are connected, and nobody is after a restore",
    "health": "what gateways and nodes say of themselves, which they say again",
}
"""What is not read, and why nobody misses it."""

EVERY = (*ORDER, *PASSING)

_UNIQUE: dict[str, tuple[tuple[str, ...], ...]] = {}
for _index in INDEXES:
    if _index.unique:
        _keys = tuple(path for path, _ in _index.keys)
        _UNIQUE[_index.collection] = (*_UNIQUE.get(_index.collection, ()), _keys)


class Holders:
    """Which record of a collection holds each value that only one may hold.

    While a collection is read, a value can pass from a record that was read to one that
    is read later: a task ends and the same is asked for again, a name is freed and
    given to another. The first of them has to be looked at again.
    """

    def __init__(self, collection: str) -> None:
        self._paths = _UNIQUE.get(collection, ())
        self._held: dict[tuple[object, ...], str] = {}
        self.stale: set[str] = set()
        """The identifiers of records whose values another one holds now."""

    def see(self, document: Document) -> None:
        """Note what *document* holds, which is how it was just now."""
        self.stale.discard(document["_id"])
        for number, paths in enumerate(self._paths):
            values = tuple(document.get(path) for path in paths)
            if all(value is None for value in values):
                continue
            key, value = str(document["_id"]), (number, *values)
            before = self._held.get(value, key)
            if before != key:
                self.stale.add(before)
            self._held[value] = key
