"""For administrators: what is set for the whole installation."""

from attrs import frozen

from aen.model.mail import Security
from aen.model.permissions import demand_superuser
from aen.model.projects import Visibility
from aen.model.rights import SUPERUSER
from aen.model.site import Level, Maintenance, SiteValues
from aen.server.rooms import Rooms
from aen.server.site_values import NewAnnouncement, NewSmtp, SiteChanges
from aen.server.web.api.operation import Call, Operation, operation
from aen.server.web.api.times import moment_or_none
from aen.server.web.api.values import stamp, stamp_or_none


@frozen
class AnnouncementObject:
    """What everybody reads at the top of each page."""

    text: str
    level: Level
    since: str
    until: str | None


@frozen
class SmtpObject:
    """The mail server in use; its password is never shown."""

    host: str
    port: int
    sender: str
    security: Security
    username: str
    has_password: bool


@frozen
class SettingsObject:
    """What is set for the whole installation."""

    site_name: str
    default_visibility: Visibility
    open_registration: bool
    time_zone: str
    announcement: AnnouncementObject | None
    maintenance: Maintenance
    smtp: SmtpObject | None


@frozen
class AnnouncementBody:
    """An announcement to make; an empty text ends the one there is."""

    text: str
    level: Level = Level.INFO
    until: str | None = None


@frozen
class SettingsBody:
    """What to change; `reset` names what shall be as the settings files say."""

    site_name: str | None = None
    default_visibility: Visibility | None = None
    open_registration: bool | None = None
    time_zone: str | None = None
    announcement: AnnouncementBody | None = None
    maintenance: Maintenance | None = None
    smtp: NewSmtp | None = None
    reset: tuple[str, ...] = ()


@frozen
class SiteCalls:
    """``/settings``."""

    rooms: Rooms

    @operation(
        Operation(
            "GET", "/settings", "Settings of the site", SettingsObject, right=SUPERUSER
        )
    )
    async def settings(self, call: Call) -> SettingsObject:
        """Show what is set for the whole installation."""
        demand_superuser(call.person)
        return settings_object(await self.rooms.site.values())

    @operation(
        Operation(
            "PATCH", "/settings", "Change settings", SettingsObject, SettingsBody,
            right=SUPERUSER,
        )
    )  # fmt: skip
    async def change(self, call: Call) -> SettingsObject:
        """Change settings; what is left out stays."""
        changes = _changes(call.body)
        return settings_object(await self.rooms.site.change(call.person, changes))


def _changes(body: SettingsBody) -> SiteChanges:
    told = body.announcement
    return SiteChanges(
        site_name=body.site_name,
        default_visibility=body.default_visibility,
        open_registration=body.open_registration,
        time_zone=body.time_zone,
        announcement=None
        if told is None
        else NewAnnouncement(
            told.text, told.level, moment_or_none(told.until, "until")
        ),
        maintenance=body.maintenance,
        smtp=body.smtp,
        reset=body.reset,
    )


def settings_object(values: SiteValues) -> SettingsObject:
    """Return what is set as the API shows it."""
    told, smtp = values.announcement, values.smtp
    return SettingsObject(
        site_name=values.site_name,
        default_visibility=values.default_visibility,
        open_registration=values.open_registration,
        time_zone=values.time_zone,
        announcement=None
        if told is None
        else AnnouncementObject(
            told.text, told.level, stamp(told.since), stamp_or_none(told.until)
        ),
        maintenance=values.maintenance,
        smtp=None
        if smtp is None
        else SmtpObject(
            smtp.host, smtp.port, smtp.sender, smtp.security, smtp.username,
            bool(smtp.password),
        ),
    )  # fmt: skip
