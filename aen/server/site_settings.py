"""What administrators set for the whole installation, live in every process.

Settings files give the defaults; what is set here wins, and is in the store.
"""

from collections.abc import Mapping
from typing import Any

from attrs import fields
from twisted.logger import Logger

from aen.model.audit import Act
from aen.model.errors import Conflict, Invalid
from aen.model.mail import Security, Smtp
from aen.model.permissions import demand_superuser
from aen.model.projects import Visibility
from aen.model.site import Announcement, Level, Maintenance, SiteValues
from aen.model.users import Caller
from aen.server.audit import Audit, Clock
from aen.server.events import SITE, Events
from aen.server.records import Event
from aen.server.secret_text import SecretText
from aen.server.settings import ServerSettings
from aen.server.site_values import PARTS, SiteChanges, changed
from aen.server.store.site_settings import SiteRecords

FRESH_SECONDS = 30.0
"""After so long the store is asked again, in case the news of a change were lost."""


_BEFORE = "before"
"""The field that holds what the last change has changed, as it was."""


class SiteSettings:
    """Knows the values, and lets administrators change them."""

    def __init__(
        self,
        records: SiteRecords,
        events: Events,
        audit: Audit,
        settings: ServerSettings,
        clock: Clock,
        key: bytes,
    ) -> None:
        self._records = records
        self._events = events
        self._audit = audit
        self._clock = clock
        self._secrets = SecretText(key, "smtp")
        self._defaults = _defaults(settings)
        self._known = self._defaults
        self._good_until = float("-inf")
        self._changes = 0
        self._log = Logger()
        events.subscribe(SITE, self._drop)

    @property
    def defaults(self) -> SiteValues:
        """What the settings files say."""
        return self._defaults

    @property
    def known(self) -> SiteValues:
        """What was last known, for when nobody may wait: pages about an outage."""
        return self._known

    async def values(self) -> SiteValues:
        """Return what holds now.

        :raises Unavailable: it has to be read, and the store does not answer.
        """
        if self._clock.seconds() < self._good_until:
            return self._known
        before = self._changes
        values = self._of(await self._records.read())
        # A change that came meanwhile may not be in what was read.
        if before == self._changes:
            self._good_until = self._clock.seconds() + FRESH_SECONDS
        self._known = values
        return values

    async def smtp(self) -> Smtp | None:
        """Return the mail server to use, with its password; None: no mail is sent."""
        return (await self.values()).smtp

    async def change(self, by: Caller, changes: SiteChanges) -> SiteValues:
        """Change what is set, for everybody at once; for administrators.

        :raises Invalid: a part cannot be used; nothing is changed then.
        """
        demand_superuser(by)
        unknown = [one for one in changes.reset if one not in PARTS]
        if unknown:
            message = f"“{unknown[0][:40]}” is not one of: {', '.join(PARTS)}."
            raise Invalid(message, fields={"reset": message})
        self._good_until = float("-inf")
        old = await self.values()
        new = changed(old, changes, self._clock.seconds())
        parts = [one for one in PARTS if getattr(changes, one) is not None]
        dropped = tuple(one for one in changes.reset if one not in parts)
        if not parts and not dropped:
            return old
        written = {one: self._document(getattr(new, one)) for one in parts}
        told = {one: _words(getattr(new, one)) for one in parts}
        told |= dict.fromkeys(dropped, "default")
        return await self._write(by, written, dropped, told)

    async def may_undo(self) -> bool:
        """Whether the last change can be taken back."""
        return bool((await self._records.read()).get(_BEFORE))

    async def undo(self, by: Caller) -> SiteValues:
        """Take back the last change; done once more, it is made again.

        :raises Conflict: there is none.
        """
        demand_superuser(by)
        before = (await self._records.read()).get(_BEFORE)
        if not before:
            raise Conflict("There is no change to take back.")
        parts, dropped = before["set"], tuple(before["unset"])
        told = dict.fromkeys((*parts, *dropped), "as before")
        return await self._write(by, parts, dropped, told)

    async def _write(
        self,
        by: Caller,
        parts: Mapping[str, Any],
        dropped: tuple[str, ...],
        told: Mapping[str, str],
    ) -> SiteValues:
        """Keep *parts*, and what they were before; tell every process and the log."""
        found = await self._records.read()
        names = (*parts, *dropped)
        before = {
            "set": {one: found[one] for one in names if one in found},
            "unset": [one for one in names if one not in found],
        }
        await self._records.write({**parts, _BEFORE: before}, dropped)
        await self._events.publish(SITE, "site", {})
        for name, words in told.items():
            what = name.replace("_", " ")
            await self._audit.note(Act.SETTINGS_CHANGED, by, what=what, to=words)
        return await self.values()

    def _drop(self, _: Event) -> None:
        self._changes += 1
        self._good_until = float("-inf")

    # -- in the store

    def _of(self, found: Mapping[str, Any]) -> SiteValues:
        default = self._defaults
        visibility = found.get("default_visibility", default.default_visibility.value)
        return SiteValues(
            site_name=found.get("site_name", default.site_name),
            default_visibility=Visibility(visibility),
            open_registration=found.get("open_registration", default.open_registration),
            time_zone=found.get("time_zone", default.time_zone),
            announcement=_announcement(found.get("announcement")),
            maintenance=Maintenance(**found.get("maintenance", {})),
            smtp=self._smtp(found.get("smtp")),
        )

    def _smtp(self, found: Mapping[str, Any] | None) -> Smtp | None:
        if found is None:
            return None
        password = ""
        if found["password"]:
            try:
                password = self._secrets.open(found["password"])
            except Invalid:
                self._log.warn("the password for sending mail has to be typed again")
        security = Security(found["security"])
        return Smtp(**{**found, "security": security, "password": password})

    def _document(self, value: object) -> object:
        """Return a part as it is stored."""
        match value:
            case Visibility():
                return value.value
            case Announcement():
                return {**_plain(value), "level": value.level.value}
            case Maintenance():
                return _plain(value)
            case Smtp(password=password):
                sealed = self._secrets.seal(password) if password else ""
                security = value.security.value
                return {**_plain(value), "security": security, "password": sealed}
            case _:
                return value


def _defaults(settings: ServerSettings) -> SiteValues:
    return SiteValues(
        site_name=settings.site_name,
        default_visibility=Visibility(settings.default_visibility),
        open_registration=settings.open_registration,
        time_zone=settings.time_zone,
    )


def _announcement(found: Mapping[str, Any] | None) -> Announcement | None:
    if found is None:
        return None
    return Announcement(**{**found, "level": Level(found["level"])})


def _plain(value: Announcement | Maintenance | Smtp) -> dict[str, Any]:
    return {one.name: getattr(value, one.name) for one in fields(type(value))}


def _words(value: object) -> str:
    """Return a part as the log of acts tells it: never a secret."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "on" if value else "off"
        case Announcement(text=text):
            return text
        case Maintenance():
            return f"on: {value.reason}" if value.on else "off"
        case Smtp():
            return f"{value.host}:{value.port} ({value.security})"
        case _:
            return str(getattr(value, "value", value))
