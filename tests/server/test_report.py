"""The daily report."""

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet.task import Clock

from aen.model.audit import Act
from aen.model.errors import Forbidden
from aen.model.periods import Period
from aen.model.users import Role
from aen.server.site_values import SiteChanges
from tests.server.furnished import PASSWORD, furnished

NOON = 1_700_049_600.0  # 2023-11-15 12:00 UTC, a Wednesday
DAY = 86_400.0


@ensureDeferred
async def test_counts() -> None:
    """Each act of the period, people once, newcomers by name."""
    clock = Clock()
    clock.advance(NOON - DAY)
    world = await furnished(clock)
    report = world.rooms.admin.report
    ada = await world.person("ada", Role.SUPERUSER)
    clock.advance(DAY)
    bob = await world.person("bob")
    await world.rooms.access.sign_in("bob", PASSWORD, "", "")
    await world.center()
    await world.project(bob)
    sheet = await report.of(ada, Period.TODAY)
    assert (sheet.users, sheet.projects, sheet.active) == (2, 1, 1)
    assert sheet.counts[Act.SIGNED_IN] == 2
    assert sheet.counts[Act.ACCOUNT_MADE] == 1
    assert [one.name for one in sheet.newcomers] == ["bob"]
    assert Act.PROJECT_DELETED not in sheet.counts
    before = await report.of(ada, Period.YESTERDAY)
    assert [one.name for one in before.newcomers] == ["ada"]
    week = await report.of(ada, Period.WEEK)
    assert (week.active, week.counts[Act.ACCOUNT_MADE]) == (2, 2)


@ensureDeferred
async def test_days_are_those_of_the_site() -> None:
    """An evening there may be tomorrow here."""
    clock = Clock()
    clock.advance(NOON)
    world = await furnished(clock)
    ada = await world.person("ada", Role.SUPERUSER)
    assert (await world.rooms.admin.report.of(ada, Period.TODAY)).active == 1
    await world.rooms.site.change(ada, SiteChanges(time_zone="Pacific/Auckland"))
    sheet = await world.rooms.admin.report.of(ada, Period.TODAY)
    assert sheet.time_zone == "Pacific/Auckland"
    assert sheet.span.since == NOON - 3600  # Thursday has begun at 11:00 UTC
    clock.advance(13 * 3600)
    assert (await world.rooms.admin.report.of(ada, Period.TODAY)).active == 1
    clock.advance(11 * 3600)
    assert (await world.rooms.admin.report.of(ada, Period.TODAY)).active == 0


@ensureDeferred
async def test_staff_may() -> None:
    """But nobody else."""
    world = await furnished()
    sam, bob = await world.person("sam", Role.STAFF), await world.person("bob")
    assert (await world.rooms.admin.report.of(sam, Period.MONTH)).users == 2
    with pytest.raises(Forbidden):
        await world.rooms.admin.report.of(bob, Period.TODAY)
