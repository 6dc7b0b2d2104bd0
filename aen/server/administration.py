"""What only administrators do, together."""

from typing import Protocol

from attrs import frozen

from aen.server.accounts import Accounts
from aen.server.audit import Audit, Clock
from aen.server.exceptions import Exceptions
from aen.server.fleet import Fleet
from aen.server.people import People
from aen.server.projects import Projects
from aen.server.report import Report
from aen.server.running import Running
from aen.server.site_settings import SiteSettings
from aen.server.store.archive import Archive


class Ground(Protocol):
    """What every use case may stand on."""

    @property
    def archive(self) -> Archive:
        """The records."""

    @property
    def audit(self) -> Audit:
        """The log of acts."""

    @property
    def site(self) -> SiteSettings:
        """What is set for the installation."""


@frozen
class Administration:
    """The use cases of administration."""

    people: People
    report: Report
    fleet: Fleet
    exceptions: Exceptions

    @classmethod
    def of(
        cls,
        ground: Ground,
        accounts: Accounts,
        projects: Projects,
        running: Running,
        clock: Clock,
    ) -> "Administration":
        """Return the use cases over what the others are made of."""
        return cls(
            people=People(ground.archive, accounts, clock),
            report=Report(ground.archive, ground.site, clock),
            fleet=Fleet(ground.archive, projects, running, ground.audit),
            exceptions=Exceptions(ground.archive.exceptions, ground.audit),
        )
