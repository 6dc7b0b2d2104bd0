"""What only administrators do, together."""

from attrs import frozen

from aen.server.accounts import Accounts
from aen.server.audit import Clock
from aen.server.people import People
from aen.server.report import Report
from aen.server.site_settings import SiteSettings
from aen.server.store.archive import Archive


@frozen
class Administration:
    """The use cases of administration."""

    people: People
    report: Report

    @classmethod
    def of(
        cls, archive: Archive, accounts: Accounts, site: SiteSettings, clock: Clock
    ) -> "Administration":
        """Return the use cases over what the others are made of."""
        return cls(
            people=People(archive, accounts, clock),
            report=Report(archive, site, clock),
        )
