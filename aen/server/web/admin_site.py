"""Administration: what is set for the whole installation."""

from datetime import UTC, datetime
from typing import Any

from aen.model.administration import Area, area
from aen.model.errors import AenError, Invalid
from aen.model.mail import Security
from aen.model.projects import Visibility
from aen.model.site import Level, Maintenance, SiteValues
from aen.server.site_values import NewAnnouncement, NewSmtp, SiteChanges, zone
from aen.server.web.admin_frame import AdminFrame
from aen.server.web.view import Frame, view
from aen.server.web.visit import Answer, Fields, Redirect, Visit

_SECTIONS = ("settings", "announcement", "notification")


class AdminSitePages:
    """``/admin/settings``, ``/admin/announcement`` and ``/admin/notification``."""

    def __init__(self, frame: Frame) -> None:
        self._rooms = frame.rooms
        self._site = frame.rooms.site
        self._frame = AdminFrame(frame.rooms)

    @view("/admin/settings", "GET", right=area(Area.SETTINGS))
    async def general(self, visit: Visit) -> Answer:
        """Show name, addresses, and what holds for new accounts and projects."""
        return await self._page(visit, "settings")

    @view("/admin/settings", "POST", right=area(Area.SETTINGS))
    async def set_general(self, visit: Visit) -> Answer:
        """Change them."""
        form = visit.form
        return await self._change(visit, "settings", lambda: _general(form))

    @view("/admin/announcement", "GET", right=area(Area.SETTINGS))
    async def announcement(self, visit: Visit) -> Answer:
        """Show the announcement, and whether the platform is being worked on."""
        return await self._page(visit, "announcement")

    @view("/admin/announcement", "POST", right=area(Area.SETTINGS))
    async def announce(self, visit: Visit) -> Answer:
        """Make an announcement, or end it."""
        form, place = visit.form, (await self._site.values()).time_zone
        return await self._change(visit, "announcement", lambda: _told(form, place))

    @view("/admin/maintenance", "POST", right=area(Area.SETTINGS))
    async def maintain(self, visit: Visit) -> Answer:
        """Begin or end maintenance."""
        form = visit.form
        work = Maintenance(on=form.has("on"), text=form.line("reason"))
        changes = SiteChanges(maintenance=work)
        return await self._change(visit, "announcement", lambda: changes)

    @view("/admin/notification", "GET", right=area(Area.NOTIFICATION))
    async def notification(self, visit: Visit) -> Answer:
        """Show how mail is sent."""
        return await self._page(visit, "notification")

    @view("/admin/notification", "POST", right=area(Area.SETTINGS))
    async def notify(self, visit: Visit) -> Answer:
        """Have mail sent through another server, or none."""
        form = visit.form
        return await self._change(visit, "notification", lambda: _mail(form))

    @view("/admin/notification/test", "POST", right=area(Area.NOTIFICATION))
    async def try_mail(self, visit: Visit) -> Answer:
        """Send one letter, to see whether mail works."""
        try:
            await self._rooms.mail.try_out(visit.person, visit.form.line("to"))
        except AenError as error:
            return await self._page(visit, "notification", error)
        return Redirect("/admin/notification?done=sent")

    @view("/admin/settings/undo", "POST", right=area(Area.SETTINGS))
    async def undo(self, visit: Visit) -> Answer:
        """Take back the last change of any of it."""
        section = visit.form["section"]
        if section not in _SECTIONS:
            raise Invalid("There is no such page to go back to.")
        await self._site.undo(visit.person)
        return Redirect(f"/admin/{section}?done=saved")

    async def _change(self, visit: Visit, section: str, asked: Any) -> Answer:
        try:
            await self._site.change(visit.person, asked())
        except AenError as error:
            return await self._page(visit, section, error)
        return Redirect(f"/admin/{section}?done=set")

    async def _page(
        self, visit: Visit, section: str, problem: AenError | None = None
    ) -> Answer:
        values = (await self._site.values()).without_secrets()
        told = await self._site.smtp()
        return await self._frame.page(
            visit,
            section,
            f"admin_{section}.html",
            problem,
            site=values,
            defaults=self._site.defaults,
            form=visit.form if problem else None,
            has_password=told is not None and bool(told.password),
            settings=self._rooms.settings,
            until=_end(values),
            may_undo=await self._site.may_undo(),
        )


def _general(form: Fields) -> SiteChanges:
    wanted = {one.value: one for one in Visibility}.get(form["visibility"])
    return SiteChanges(
        site_name=form.line("site_name"),
        default_visibility=wanted,
        open_registration=form.has("open_registration"),
        time_zone=form.line("time_zone"),
    )


def _told(form: Fields, place: str) -> SiteChanges:
    if form.has("end"):
        return SiteChanges(announcement=NewAnnouncement())
    text = form.line("text")
    if not text:
        message = "Write what everybody shall read."
        raise Invalid(message, fields={"text": message})
    level = {one.value: one for one in Level}.get(form["level"], Level.INFO)
    until = _moment(form.line("until"), place)
    return SiteChanges(announcement=NewAnnouncement(text, level, until))


def _moment(text: str, place: str) -> float | None:
    """Return a time as browsers write it, in the zone called *place*."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone(place)).timestamp()
    except (ValueError, OverflowError):
        message = "Write the end as a day and a time."
        raise Invalid(message, fields={"until": message}) from None


def _end(values: SiteValues) -> str:
    """Return the end of the announcement in the form of a field for day and time."""
    at = None if values.announcement is None else values.announcement.until
    if at is None:
        return ""
    there = datetime.fromtimestamp(at, UTC).astimezone(zone(values.time_zone))
    return there.strftime("%Y-%m-%dT%H:%M")


def _mail(form: Fields) -> SiteChanges:
    if form.has("off"):
        return SiteChanges(smtp=NewSmtp(""))
    port, host = form.line("port"), form.line("host")
    if not host:
        message = "Write the name of the mail server."
        raise Invalid(message, fields={"host": message})
    if not port.isascii() or not port.isdigit():
        message = "The port must be a number."
        raise Invalid(message, fields={"port": message})
    security = {one.value: one for one in Security}.get(
        form["security"], Security.STARTTLS
    )
    return SiteChanges(
        smtp=NewSmtp(
            host=host,
            port=int(port[:6]),
            sender=form.line("sender"),
            security=security,
            username=form.line("username"),
            password=form["password"] or None,
        )
    )
