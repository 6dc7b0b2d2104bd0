"""What only administrators do, together."""

from typing import Protocol

from attrs import frozen
from twisted.internet.interfaces import IReactorTime

from aen.server.audit import Audit
from aen.server.centers import Centers
from aen.server.directories.door import Door
from aen.server.exceptions import Exceptions
from aen.server.fleet import Fleet
from aen.server.people import People
from aen.server.place_desk import PlaceDesk
from aen.server.projects import Projects
from aen.server.report import Report
from aen.server.running import Nodes, Running
from aen.server.site_settings import SiteSettings
from aen.server.store.archive import Archive
from aen.server.store.collection import Database
from aen.server.system_check import SystemCheck
from aen.server.visitors import Visitors


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

    @property
    def door(self) -> Door:
        """Who asks the back end of accounts."""

    @property
    def visitors(self) -> Visitors:
        """Who visitors are on the nodes."""


class Works(Protocol):
    """What differs between a server and a test."""

    @property
    def clock(self) -> IReactorTime:
        """What tells the time."""

    @property
    def database(self) -> Database:
        """The store."""

    @property
    def nodes(self) -> Nodes:
        """How nodes are asked."""


@frozen
class Administration:
    """The use cases of administration."""

    people: People
    report: Report
    fleet: Fleet
    exceptions: Exceptions
    places: PlaceDesk
    system: SystemCheck

    @classmethod
    def of(
        cls,
        ground: Ground,
        people: People,
        projects: Projects,
        running: Running,
        centers: Centers,
        works: Works,
    ) -> "Administration":
        """Return the use cases over what the others are made of."""
        clock = works.clock
        return cls(
            people=people,
            report=Report(ground.archive, ground.site, clock),
            fleet=Fleet(ground.archive, projects, running, ground.audit),
            exceptions=Exceptions(ground.archive.exceptions, ground.audit),
            places=PlaceDesk(ground.archive, centers, works.nodes, ground.audit),
            system=SystemCheck(
                ground.archive,
                works.database,
                ground.door,
                ground.site,
                ground.visitors,
                clock,
            ),
        )
