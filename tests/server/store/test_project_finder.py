"""Finding projects in the store."""

from typing import Any

import pytest
from attrs import evolve
from pytest_twisted import ensureDeferred

from aen.model.errors import Invalid
from aen.model.names import PlaceName, UserName, parse_project_path
from aen.model.projects import Member, Project, Visibility
from aen.server.store.memory import MemoryDatabase
from aen.server.store.project_finder import Looking
from aen.server.store.projects import ProjectRecords
from aen.server.store.schema import INDEXES


def _project(key: str, path: str, updated: float, **more: Any) -> Project:
    owner, _, name = path.partition("/")
    made = Project(
        key, parse_project_path(owner, name), PlaceName("east"), updated=updated
    )
    return evolve(made, visibility=Visibility.PUBLIC, **more)


PROJECTS = (
    _project("p1", "ada/tides", 1.0, summary="Water at Brest"),
    _project("p2", "bob/sea", 2.0, tags=("tides",)),
    _project("p3", "eve/harbour", 3.0, description="On tides, at length"),
    _project("p4", "eve/tidesmen", 4.0),
    evolve(
        _project("p5", "bob/secret-tides", 5.0),
        visibility=Visibility.PRIVATE,
        team=(Member(UserName("ada")), Member(UserName("guest"), until=50.0)),
    ),
)

FOUND = [
    (Looking(q="tides"), "p1 p4 p2 p3"),
    (Looking("ada", q="tides"), "p1 p5 p4 p2 p3"),
    (Looking(None, q="tides"), "p1 p5 p4 p2 p3"),
    (Looking("eve", q="tides"), "p1 p4 p2 p3"),
    (Looking("guest", q="tides"), "p1 p4 p2 p3"),
    (Looking(q="TIDES bre"), "p1"),
    (Looking(q="ides"), ""),
    (Looking(q="..."), ""),
    (Looking(q="tides", tag="tides"), "p2"),
    (Looking(q="tides", owner="eve"), "p4 p3"),
    (Looking(None, visibility="private"), "p5"),
    (Looking(), "p4 p3 p2 p1"),
    (Looking(q="tides", only="p3"), "p3"),
]


async def _filled() -> ProjectRecords:
    database = MemoryDatabase()
    await database.prepare(INDEXES)
    records = ProjectRecords(database, lambda: 100.0)
    for one in PROJECTS:
        await records.add(one)
    await records.put_member("p5", Member(UserName("guest"), until=50.0), 5.0)
    return records


@pytest.mark.parametrize(("looking", "expected"), FOUND)
@pytest.mark.parametrize("limit", [1, 2, 10])
@ensureDeferred
async def test_the_best_fitting_come_first(
    looking: Looking, expected: str, limit: int
) -> None:
    """On pages of any length the same, each once; only what the reader may see."""
    records = await _filled()
    found: list[str] = []
    cursor = None
    for _ in range(20):
        page = await records.finder.page(looking, cursor, limit)
        found += [one.id for one in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert found == expected.split()


@pytest.mark.parametrize("cursor", ["x", "3~1.0~p1", "1~", "1~x~p1"])
@ensureDeferred
async def test_cursors_of_others_are_refused(cursor: str) -> None:
    """In words."""
    records = await _filled()
    with pytest.raises(Invalid):
        await records.finder.page(Looking(q="tides"), cursor, 5)


@ensureDeferred
async def test_what_was_there_before_is_found_too() -> None:
    """Once it was completed; a changed text is found by its new words."""
    records = await _filled()
    await records._all.update_all({}, {"$unset": {"words": "", "called": ""}})
    assert await records.finder.complete() == len(PROJECTS)
    assert await records.finder.complete() == 0
    await records.edit("p1", {"summary": "Ebb at Dover"}, 9.0)
    by_word = {
        word: (await records.finder.page(Looking(q=word), None, 5)).items
        for word in ("dover", "brest")
    }
    assert [one.id for one in by_word["dover"]] == ["p1"]
    assert by_word["brest"] == ()


@ensureDeferred
async def test_the_most_starred_come_first() -> None:
    """Public ones only, and none without a star."""
    records = await _filled()
    for key, count in (("p1", 1), ("p2", 3), ("p5", 9)):
        await records.star(key, count)
    assert [one.id for one in await records.finder.top(5)] == ["p2", "p1"]
