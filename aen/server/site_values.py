"""Whether what an administrator types for the installation can be used: pure."""

import re
from zoneinfo import ZoneInfo

from attrs import evolve, frozen

from aen.model.errors import Invalid
from aen.model.mail import Security, Smtp
from aen.model.projects import Visibility
from aen.model.site import Announcement, Level, Maintenance, SiteValues
from aen.server import profile

_LONGEST = 500
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.:-]{0,252}[A-Za-z0-9])?", re.ASCII)
_ZONE = re.compile(r"[A-Za-z0-9_+-]{1,20}(/[A-Za-z0-9_+-]{1,30}){0,2}", re.ASCII)
LAST_PORT = 65_535


@frozen
class NewAnnouncement:
    """An announcement to make; an empty text takes away what is there."""

    text: str = ""
    level: Level = Level.INFO
    until: float | None = None


@frozen
class NewSmtp:
    """A mail server to use, or none: an empty `host`.

    Without `password` the one that is kept stays, as long as it goes to the same
    account of the same server.
    """

    host: str
    port: int = 587
    sender: str = ""
    security: Security = Security.STARTTLS
    username: str = ""
    password: str | None = None


@frozen
class SiteChanges:
    """What to change; None leaves a part as it is."""

    site_name: str | None = None
    default_visibility: Visibility | None = None
    open_registration: bool | None = None
    time_zone: str | None = None
    announcement: NewAnnouncement | None = None
    maintenance: Maintenance | None = None
    smtp: NewSmtp | None = None
    reset: tuple[str, ...] = ()
    """Names of parts that shall be what the settings files say."""


PARTS = (
    *("site_name", "default_visibility", "open_registration", "time_zone"),
    *("announcement", "maintenance", "smtp"),
)
"""The names of the parts, as they are in `SiteValues` and `SiteChanges`."""


def changed(old: SiteValues, changes: SiteChanges, now: float) -> SiteValues:
    """Return *old* with *changes*, checked.

    :raises Invalid: a part cannot be used; `fields` says which.
    """
    new = old
    if changes.site_name is not None:
        new = evolve(new, site_name=_name(changes.site_name))
    if changes.default_visibility is not None:
        new = evolve(new, default_visibility=changes.default_visibility)
    if changes.open_registration is not None:
        new = evolve(new, open_registration=changes.open_registration)
    if changes.time_zone is not None:
        new = evolve(new, time_zone=zone(changes.time_zone).key)
    if changes.announcement is not None:
        new = evolve(new, announcement=_announcement(changes.announcement, now))
    if changes.maintenance is not None:
        new = evolve(new, maintenance=_maintenance(changes.maintenance))
    if changes.smtp is not None:
        new = evolve(new, smtp=_smtp(changes.smtp, old.smtp))
    return new


def zone(text: str) -> ZoneInfo:
    """Return the time zone called *text*, or raise `Invalid`."""
    text = text.strip()
    # Only what looks like a name is looked up: names are paths of files.
    if _ZONE.fullmatch(text):
        try:
            return ZoneInfo(text)
        except (KeyError, ValueError, OSError):
            pass
    raise _wrong(
        "time_zone",
        f"“{text[:40]}” is no time zone; write one like “Europe/Berlin”.",
    )


def _name(text: str) -> str:
    name = profile.line("site_name", "The name of the site", text, 100)
    if not name:
        raise _wrong("site_name", "The site needs a name.")
    return name


def _announcement(told: NewAnnouncement, now: float) -> Announcement | None:
    text = profile.line("text", "The announcement", told.text, _LONGEST)
    if not text:
        return None
    if told.until is not None and not now < told.until < float("inf"):
        raise _wrong("until", "The announcement would end before it begins.")
    return Announcement(text, told.level, told.until, now)


def _maintenance(asked: Maintenance) -> Maintenance:
    text = profile.line("text", "The explanation", asked.text, _LONGEST)
    return Maintenance(asked.on, text)


def _smtp(asked: NewSmtp, old: Smtp | None) -> Smtp | None:
    if not asked.host.strip():
        return None
    host = asked.host.strip()
    if not _HOST.fullmatch(host):
        raise _wrong("host", "The mail server must be a host name or an address.")
    if not 0 < asked.port <= LAST_PORT:
        raise _wrong("port", f"The port must be a number from 1 to {LAST_PORT}.")
    sender = _sender(asked.sender)
    username = profile.line("username", "The user name", asked.username, 254)
    new = Smtp(host, asked.port, sender, asked.security, username)
    return evolve(new, password=_password(asked, new, old))


def _sender(text: str) -> str:
    try:
        sender = profile.email(text)
    except Invalid as error:
        raise _wrong("sender", error.message) from None
    if not sender:
        raise _wrong("sender", "Mail needs an address that it comes from.")
    return sender


def _password(asked: NewSmtp, new: Smtp, old: Smtp | None) -> str:
    if not new.username:
        return ""
    given = asked.password
    if given is None:
        if old is None or not new.same_account(old) or not old.password:
            raise _wrong("password", "Type the password of this account.")
        return old.password
    if len(given) > _LONGEST or any(ord(one) < ord(" ") for one in given):
        raise _wrong("password", "The password holds what no mail server takes.")
    if given and new.security is Security.NONE:
        raise _wrong(
            "security", "A password is not sent in the clear; choose STARTTLS or TLS."
        )
    return given


def _wrong(field: str, message: str) -> Invalid:
    return Invalid(message, fields={field: message})
