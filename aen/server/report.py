"""The daily report: what people did in some stretch of time."""

from collections.abc import Mapping

from attrs import frozen

from aen.model.administration import Area, demand_area
from aen.model.audit import Act, Entry
from aen.model.periods import Period, Span, span_of
from aen.model.users import Caller
from aen.runtime.tasks import together
from aen.server.audit import Clock
from aen.server.site_settings import SiteSettings
from aen.server.site_values import zone
from aen.server.store.archive import Archive
from aen.server.store.audit import Seeking

_NEWCOMERS = 100
_MOST = 20_000
"""So many sign-ins are looked at to count who is active."""


@frozen
class Newcomer:
    """Somebody whose account was made."""

    name: str
    email: str
    """Empty where the account is gone already."""
    at: float
    by: str


@frozen
class Sheet:
    """The report about one period."""

    period: Period
    span: Span
    time_zone: str
    users: int
    """How many accounts there are, at the end."""
    projects: int
    counts: Mapping[Act, int]
    """How often each act was done; acts nobody did are left out."""
    active: int
    """How many people signed in."""
    active_bounded: bool
    """Whether there may be more than could be looked at."""
    newcomers: tuple[Newcomer, ...]


class Report:
    """Makes reports."""

    def __init__(self, archive: Archive, site: SiteSettings, clock: Clock) -> None:
        self._archive = archive
        self._site = site
        self._clock = clock

    async def of(self, caller: Caller, period: Period) -> Sheet:
        """Return the report about *period*, as days are counted where the site is."""
        demand_area(caller, Area.REPORT)
        place = (await self._site.values()).time_zone
        span = span_of(period, self._clock.seconds(), zone(place))
        counts = await self._counts(span)
        active, bounded = await self._archive.audit.people(
            Seeking(acts=(Act.SIGNED_IN,), since=span.since, until=span.until), _MOST
        )
        return Sheet(
            period=period,
            span=span,
            time_zone=place,
            users=await self._archive.user_search.total(),
            projects=await self._archive.projects.total(),
            counts=counts,
            active=len(active),
            active_bounded=bounded,
            newcomers=await self._newcomers(span) if counts.get(_MADE) else (),
        )

    async def _counts(self, span: Span) -> dict[Act, int]:
        # One question for each act: an index answers it without reading entries.
        found = await together(
            self._archive.audit.count(
                Seeking(acts=(act,), since=span.since, until=span.until)
            )
            for act in Act
        )
        return {act: count for act, count in zip(Act, found, strict=True) if count}

    async def _newcomers(self, span: Span) -> tuple[Newcomer, ...]:
        seeking = Seeking(acts=(_MADE,), since=span.since, until=span.until)
        page = await self._archive.audit.page(seeking, None, _NEWCOMERS)
        return tuple(await together(self._newcomer(one) for one in page.items))

    async def _newcomer(self, entry: Entry) -> Newcomer:
        user = await self._archive.users.named(entry.user)
        email = "" if user is None else user.email
        return Newcomer(entry.user, email, entry.at, entry.by)


_MADE = Act.ACCOUNT_MADE
