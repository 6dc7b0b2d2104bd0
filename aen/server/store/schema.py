"""The indexes the server's collections have, all of them."""

from aen.server.store.collection import Index


def _unique(collection: str, *keys: str) -> Index:
    return Index(collection, tuple((key, 1) for key in keys), unique=True)


def _plain(collection: str, *keys: str) -> Index:
    return Index(collection, tuple((key, 1) for key in keys))


INDEXES = (
    _unique("users", "name"),
    _plain("users", "name", "_id"),
    _plain("users", "words"),
    _plain("users", "source", "looked"),
    _plain("users", "mail"),
    _plain("users", "seen", "_id"),
    _plain("users", "created", "_id"),
    _plain("users", "role", "name", "_id"),
    _plain("users", "disabled", "name", "_id"),
    _unique("sessions", "hash"),
    _plain("sessions", "user"),
    _plain("sessions", "expires"),
    _unique("tokens", "hash"),
    _plain("tokens", "user"),
    _plain("tokens", "project"),
    _plain("tokens", "expires"),
    _plain("users", "email"),
    _unique("signups", "secret"),
    _plain("signups", "expires"),
    _plain("letters", "created"),
    _plain("familiar", "user"),
    _plain("familiar", "seen"),
    _unique("ssh_keys", "user", "fingerprint"),
    _plain("attempts", "last"),
    _plain("resets", "expires"),
    _plain("kept_answers", "user", "at"),
    _plain("kept_answers", "expires"),
    _unique("projects", "key"),
    _plain("projects", "owner"),
    _plain("projects", "members"),
    _plain("projects", "team_due"),
    _plain("projects", "key", "_id"),
    _plain("projects", "created", "_id"),
    _plain("projects", "state", "updated", "_id"),
    _plain("projects", "owner", "updated", "_id"),
    _plain("projects", "data_center", "updated", "_id"),
    _plain("projects", "guest_due"),
    _plain("projects", "former"),
    _plain("projects", "home_key"),
    Index("projects", (("updated", -1), ("_id", -1))),
    _unique("tasks", "slot"),
    _plain("tasks", "state", "due"),
    _plain("tasks", "arguments.project"),
    _plain("tasks", "by"),
    _plain("tasks", "created"),
    Index("tasks", (("key", 1), ("created", -1))),
    _unique("events", "seq"),
    _plain("events", "at"),
    _plain("exceptions", "read", "last", "_id"),
    _plain("exceptions", "last", "_id"),
    _plain("audit", "people"),
    _plain("audit", "project"),
    _plain("audit", "project", "at", "_id"),
    _plain("audit", "act", "at", "_id"),
    _plain("audit", "path", "at", "_id"),
    Index("audit", (("at", -1), ("_id", -1))),
    _plain("health", "center"),
    _plain("codes", "expires"),
)
