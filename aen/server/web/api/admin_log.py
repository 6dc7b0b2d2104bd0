"""For administrators: who did what, and the report about it."""

from attrs import frozen

from aen.model.administration import Area, area
from aen.model.audit import Act, Entry
from aen.model.errors import Invalid
from aen.model.periods import Period
from aen.server.choices import chosen
from aen.server.records import Page
from aen.server.report import Sheet
from aen.server.rooms import Rooms
from aen.server.store.audit import Seeking
from aen.server.web.api.operation import Call, Operation, operation
from aen.server.web.api.reading import Query
from aen.server.web.api.times import moment
from aen.server.web.api.values import stamp


@frozen
class LogEntryObject:
    """One act, as it was noted."""

    id: str
    at: str
    act: str
    by: str
    user: str
    project: str
    path: str
    address: str
    details: dict[str, str]


@frozen
class NewcomerObject:
    """Somebody whose account was made in the time of a report."""

    username: str
    email: str
    at: str
    by: str


@frozen
class ReportObject:
    """What people did in some stretch of time."""

    period: Period
    since: str
    until: str
    time_zone: str
    users: int
    projects: int
    active: int
    counts: dict[str, int]
    newcomers: tuple[NewcomerObject, ...]


@frozen
class LogCalls:
    """``/log`` and ``/report``."""

    rooms: Rooms

    @operation(
        Operation(
            "GET",
            "/log",
            "Who did what",
            LogEntryObject,
            query=("person", "project", "act", "since", "until"),
            pages=True,
            right=area(Area.LOG),
        )
    )
    async def log(self, call: Call) -> Page[LogEntryObject]:
        """List acts, the newest first; `project` is an id, times are RFC 3339."""
        query = call.query
        page = await self.rooms.audit.everything(
            call.person, _seeking(query), query.cursor, query.limit
        )
        return Page(tuple(map(_entry, page.items)), page.next)

    @operation(
        Operation(
            "GET",
            "/report",
            "What people did",
            ReportObject,
            query=("period",),
            right=area(Area.REPORT),
        )
    )
    async def report(self, call: Call) -> ReportObject:
        """Count what was done today, yesterday, this week or this month."""
        period = chosen(Period, call.query["period"] or "today", "period")
        return _report(await self.rooms.admin.report.of(call.person, period))


def _seeking(query: Query) -> Seeking:
    acts = tuple(one for one in Act if one.value == query["act"])
    if query["act"] and not acts:
        message = f"“{query['act'][:40]}” is no act; one is “{Act.SIGNED_IN.value}”."
        raise Invalid(message, fields={"act": message})
    return Seeking(
        query["person"],
        query["project"],
        acts,
        since=moment(query["since"], "since") if query["since"] else 0.0,
        until=moment(query["until"], "until") if query["until"] else 0.0,
    )


def _entry(entry: Entry) -> LogEntryObject:
    return LogEntryObject(
        id=entry.id,
        at=stamp(entry.at),
        act=entry.act.value,
        by=entry.by,
        user=entry.user,
        project=entry.project,
        path=entry.path,
        address=entry.address,
        details=dict(entry.details),
    )


def _report(sheet: Sheet) -> ReportObject:
    return ReportObject(
        period=sheet.period,
        since=stamp(sheet.span.since),
        until=stamp(sheet.span.until),
        time_zone=sheet.time_zone,
        users=sheet.users,
        projects=sheet.projects,
        active=sheet.active,
        counts={act.value: count for act, count in sheet.counts.items()},
        newcomers=tuple(
            NewcomerObject(one.name, one.email, stamp(one.at), one.by)
            for one in sheet.newcomers
        ),
    )
