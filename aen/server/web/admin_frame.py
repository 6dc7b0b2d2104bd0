"""What stands around every page of administration: its menu, and who sees what."""

from typing import Any

from attrs import frozen

from aen.model.administration import Area, may_enter
from aen.model.errors import AenError
from aen.model.users import Caller
from aen.server.rooms import Rooms
from aen.server.web.visit import Page, Visit


@frozen
class Entry:
    """One line of the menu."""

    section: str
    """The name of the page, and its address below ``/admin/``."""
    title: str
    icon: str
    area: Area


MENU: tuple[tuple[str, tuple[Entry, ...]], ...] = (
    (
        "Now",
        (
            Entry("", "Overview", "screen", Area.OVERVIEW),
            Entry("report", "Daily report", "report", Area.REPORT),
            Entry("exceptions", "Exceptions", "warning", Area.EXCEPTIONS),
        ),
    ),
    (
        "People",
        (
            Entry("users", "Users", "users", Area.USERS),
            Entry("resets", "Password links", "key", Area.RESETS),
            Entry("log", "Security log", "shield", Area.LOG),
        ),
    ),
    (
        "Work",
        (
            Entry("projects", "Projects", "folder", Area.PROJECTS),
            Entry("apps", "Running apps", "app", Area.APPS),
            Entry("tasks", "Tasks", "again", Area.TASKS),
            Entry("schedule", "By the clock", "clock", Area.TASKS),
        ),
    ),
    (
        "Site",
        (
            Entry("data-centers", "Data centers", "server", Area.CENTERS),
            Entry("settings", "General", "gear", Area.SETTINGS),
            Entry("announcement", "Announcement", "info", Area.SETTINGS),
            Entry("notification", "Notification", "mail", Area.NOTIFICATION),
            Entry("system", "System", "check", Area.SYSTEM),
        ),
    ),
)


def menu_of(caller: Caller) -> list[tuple[str, list[Entry]]]:
    """Return the part of the menu that is open to *caller*."""
    found = [
        (group, [one for one in entries if may_enter(caller, one.area)])
        for group, entries in MENU
    ]
    return [(group, entries) for group, entries in found if entries]


@frozen
class AdminFrame:
    """Makes pages of administration."""

    rooms: Rooms

    async def page(
        self,
        visit: Visit,
        section: str,
        template: str,
        problem: AenError | None = None,
        **values: Any,
    ) -> Page:
        """Return a page of administration with its menu."""
        caller = visit.person
        shown = {
            "section": section,
            "menu": menu_of(caller),
            "unread": await self.rooms.admin.exceptions.unread(caller),
            **values,
        }
        return Page(template, shown, problem=problem)
