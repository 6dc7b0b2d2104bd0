"""Which collections are in a backup."""

import re
from pathlib import Path

import aen.server
from aen.server.backup.collections import EVERY, ORDER, PASSING, Holders
from aen.server.store.schema import INDEXES

_USED = re.compile(r"\.collection\(\s*\"(\w+)\"")
_REFERS = {
    "sessions": ("users",),
    "tokens": ("users", "projects"),
    "stars": ("users", "projects"),
    "tasks": ("projects", "letters"),
    "projects": ("users", "centers"),
    "exceptions": (),
}


def test_none_is_forgotten() -> None:
    """A new collection is read, or said to be passing, or this fails."""
    sources = Path(aen.server.__file__).parent.rglob("*.py")
    used = {name for path in sources for name in _USED.findall(path.read_text("utf-8"))}
    assert used == set(EVERY)
    assert {one.collection for one in INDEXES} <= set(EVERY)
    assert not set(ORDER) & set(PASSING)


def test_what_refers_is_read_first() -> None:
    """So that what it names, and was made meanwhile, is read after it."""
    for name, others in _REFERS.items():
        assert all(ORDER.index(name) < ORDER.index(one) for one in others), name


def test_what_changed_hands() -> None:
    """The first holder of a name or slot is to be looked at again, until it is true."""
    holders = Holders("tasks")
    holders.see({"_id": "a", "slot": "start x"})
    holders.see({"_id": "b", "slot": "b"})
    assert holders.stale == set()
    holders.see({"_id": "c", "slot": "start x"})
    assert holders.stale == {"a"}
    holders.see({"_id": "a", "slot": "a"})
    assert holders.stale == set()


def test_what_only_one_may_hold_together() -> None:
    """A key of two fields; and records that have none of them."""
    holders = Holders("ssh_keys")
    holders.see({"_id": "1", "user": "ada", "fingerprint": "x"})
    holders.see({"_id": "2", "user": "bob", "fingerprint": "x"})
    holders.see({"_id": "3"})
    holders.see({"_id": "4"})
    assert holders.stale == set()
    holders.see({"_id": "5", "user": "bob", "fingerprint": "x"})
    assert holders.stale == {"2"}
