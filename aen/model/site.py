"""What administrators set for the whole installation while it runs."""

import enum

from attrs import evolve, frozen

from aen.model.mail import Smtp
from aen.model.projects import Visibility


class Level(enum.Enum):
    """How loud an announcement is."""

    INFO = "info"
    WARNING = "warning"
    URGENT = "urgent"


@frozen
class Announcement:
    """What everybody reads at the top of each page."""

    text: str
    level: Level = Level.INFO
    until: float | None = None
    """When it goes by itself, in seconds since the epoch; None: not by itself."""
    since: float = 0.0
    """When it was made; who dismissed an older one sees this one."""

    def shown(self, now: float) -> bool:
        """Whether it is still to be read."""
        return self.until is None or now < self.until


@frozen
class Maintenance:
    """Whether only administrators may sign in, and what the others are told."""

    on: bool = False
    text: str = ""

    @property
    def reason(self) -> str:
        """What those read who have to wait."""
        return self.text or "The platform is being worked on; it will be back soon."


@frozen
class Notice:
    """What everybody is to read, also in front of apps and inside them."""

    text: str
    level: Level = Level.INFO
    until: float | None = None
    """When it goes by itself, in seconds since the epoch; None: not by itself."""


@frozen
class SiteValues:
    """All of it, as it is now."""

    site_name: str
    default_visibility: Visibility = Visibility.PRIVATE
    open_registration: bool = False
    time_zone: str = "UTC"
    """The zone in which a day begins for reports; a name of the tz database."""
    announcement: Announcement | None = None
    maintenance: Maintenance = Maintenance()
    smtp: Smtp | None = None

    def announced(self, now: float) -> Announcement | None:
        """Return the announcement that is to be read now."""
        told = self.announcement
        return told if told is not None and told.shown(now) else None

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What gateways show: the announcement, and that the platform is worked on."""
        found = []
        if self.announcement is not None:
            told = self.announcement
            found.append(Notice(told.text, told.level, told.until))
        if self.maintenance.on:
            found.append(Notice(self.maintenance.reason, Level.WARNING))
        return tuple(found)

    def without_secrets(self) -> "SiteValues":
        """Return these for people's eyes: no password in them."""
        if self.smtp is None:
            return self
        return evolve(self, smtp=evolve(self.smtp, password=""))
