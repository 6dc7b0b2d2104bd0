"""What records say after a restore."""

from typing import Any

import pytest

from aen.model.tasks import Kind
from aen.server.backup.copying import GONE
from aen.server.backup.reconciling import GO_ON, Known, Reconciler

KNOWN = Known({"u1": "ada"}, {"p1"})
PROJECT = {"_id": "p1", "owner": "ada", "state": "stopped", "mark": "", "rev": 3}


def record(collection: str, document: dict[str, Any]) -> dict[str, Any] | None:
    """Return a record as it is after a restore."""
    return Reconciler(KNOWN, "Monday").record(collection, document)


@pytest.mark.parametrize("state", ["starting", "running", "stopping"])
def test_what_was_on_its_way_is_stopped(state: str) -> None:
    """It says why, and nobody holds it any more."""
    moving = {"mark": "w1", "progress": {"step": "x"}, "state": state}
    now = record("projects", {**PROJECT, **moving})
    assert now is not None
    assert (now["state"], now["mark"], now["progress"]) == ("stopped", "", None)
    assert "restored from a backup of Monday" in now["problem"]["message"]
    assert now["rev"] == 4
    assert now["ran_due"] == 0.0


@pytest.mark.parametrize("state", ["stopped", "failed"])
def test_what_was_at_rest_stays(state: str) -> None:
    """A failure keeps its reason."""
    before = {**PROJECT, "state": state, "problem": {"message": "x", "log": []}}
    assert record("projects", before) == before
    held = record("projects", {**before, "mark": "w1"})
    assert held is not None
    assert (held["mark"], held["problem"]) == ("", before["problem"])


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("state", ["queued", "running"])
def test_tasks_under_way(kind: Kind, state: str) -> None:
    """What has to be done is done; the rest is ended and leaves its slot."""
    task = {
        "_id": "t", "kind": kind.value, "state": state, "slot": "k", "worker": "w",
        "lease_until": 9.0, "arguments": {"project": "p1"},
    }  # fmt: skip
    now = record("tasks", task)
    assert now is not None
    assert (now["worker"], now["lease_until"]) == ("", 0.0)
    if kind in GO_ON:
        assert (now["state"], now["slot"]) == ("queued", "k")
    else:
        assert (now["state"], now["slot"]) == ("cancelled", "t")
        assert "restored" in now["problem"]


def test_tasks_that_have_ended() -> None:
    """They are history."""
    task = {"_id": "t", "state": "done", "arguments": {"project": "gone"}}
    assert record("tasks", task) == task


def test_revocations_and_deletions_go_on() -> None:
    """Nobody keeps a right because the platform was restored."""
    assert {Kind.APPLY_TEAM, Kind.DELETE_PROJECT, Kind.REMOVE_ACCOUNT} <= GO_ON


@pytest.mark.parametrize(
    ("collection", "document", "stays"),
    [
        ("projects", {**PROJECT, "owner": "gone"}, False),
        ("sessions", {"_id": "s", "user": "u1"}, True),
        ("sessions", {"_id": "s", "user": "u2"}, False),
        ("tokens", {"_id": "t", "user": "u1", "project": None}, True),
        ("tokens", {"_id": "t", "user": "u1", "project": "p1"}, True),
        ("tokens", {"_id": "t", "user": "u1", "project": "p2"}, False),
        ("stars", {"_id": "x", "user": "u1", "project": "p2"}, False),
        ("ssh_keys", {"_id": "x", "user": "u2"}, False),
        ("audit", {"_id": "x", "user": "gone"}, True),
        ("site", {"_id": "x"}, True),
    ],
)
def test_what_names_nothing(
    collection: str, document: dict[str, Any], *, stays: bool
) -> None:
    """An account or a project that was removed meanwhile takes its own along."""
    assert record(collection, document) == (document if stays else None)


def test_a_task_of_a_project_that_is_gone() -> None:
    """There is nothing to do."""
    task = {"_id": "t", "kind": "delete project", "state": "running",
            "arguments": {"project": "p2"}}  # fmt: skip
    assert record("tasks", task) is None


def test_numbers_and_turns() -> None:
    """Numbers of events are not given out twice; no worker holds a turn."""
    counter = record("counters", {"_id": "events", "seq": 7})
    assert counter is not None
    assert counter["seq"] > 100_000
    turn = record("schedule", {"_id": "x", "worker": "w", "lease_until": 5.0})
    assert turn == {"_id": "x", "worker": "", "lease_until": 0.0}


def test_what_is_known() -> None:
    """The last word about a record counts."""
    known = Known()
    known.see("users", {"_id": "1", "name": "ada"})
    known.see("users", {"_id": "2", "name": "bob"})
    known.see("users", {GONE: "1"})
    known.see("projects", {"_id": "p"})
    known.see("projects", {"_id": "q"})
    known.see("projects", {GONE: "q"})
    known.see("tokens", {"_id": "x"})
    assert known == Known({"2": "bob"}, {"p"})
    assert known.names() == {"bob"}
