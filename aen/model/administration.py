"""Who may see and do what in administration: one table, for pages and API.

Staff look after people: they read the daily report and the errors, send test mail,
make links for forgotten passwords. What decides over others' rights, and what could
lead to it (the mail server that links are sent through), is for superusers.
"""

import enum

from aen.model.errors import Forbidden
from aen.model.rights import Right, least
from aen.model.users import Caller, Role, User


class Area(enum.Enum):
    """A part of administration; pages and calls name the one they belong to."""

    OVERVIEW = "overview"
    REPORT = "report"
    RESETS = "resets"
    EXCEPTIONS = "exceptions"
    NOTIFICATION = "notification"
    """Seeing how mail is sent, and sending a test. Changing it is `SETTINGS`."""
    USERS = "users"
    PROJECTS = "projects"
    APPS = "apps"
    TASKS = "tasks"
    LOG = "log"
    CENTERS = "data centers"
    SETTINGS = "settings"
    SYSTEM = "system"


LEAST: dict[Area, Role] = {
    Area.OVERVIEW: Role.STAFF,
    Area.REPORT: Role.STAFF,
    Area.RESETS: Role.STAFF,
    Area.EXCEPTIONS: Role.STAFF,
    Area.NOTIFICATION: Role.STAFF,
    Area.USERS: Role.SUPERUSER,
    Area.PROJECTS: Role.SUPERUSER,
    Area.APPS: Role.SUPERUSER,
    Area.TASKS: Role.SUPERUSER,
    Area.LOG: Role.SUPERUSER,
    Area.CENTERS: Role.SUPERUSER,
    Area.SETTINGS: Role.SUPERUSER,
    Area.SYSTEM: Role.SUPERUSER,
}
"""The least role that each area is open to."""

_RANK = {Role.USER: 0, Role.STAFF: 1, Role.SUPERUSER: 2}
_REFUSED = {
    Role.STAFF: "Only staff and administrators may do this.",
    Role.SUPERUSER: "Only an administrator may do this.",
}


def area(one: Area) -> Right:
    """Return the right that the pages and calls of an area ask for."""
    return least(LEAST[one])


def may_enter(caller: Caller | None, one: Area) -> bool:
    """Whether the area is open to *caller*; hides links.

    Never to a token that is limited, whoever made it.
    """
    if caller is None or caller.user.disabled or not caller.whole:
        return False
    return _RANK[caller.user.role] >= _RANK[LEAST[one]]


def demand_area(caller: Caller, one: Area) -> None:
    """Guard administration: raise `Forbidden` to those the area is closed to."""
    if not may_enter(caller, one):
        raise Forbidden(_REFUSED[LEAST[one]])


def demand_above(caller: Caller, user: User) -> None:
    """Refuse staff who would reach for an account that is not below theirs."""
    superuser = caller.user.role is Role.SUPERUSER
    if not superuser and _RANK[user.role] >= _RANK[caller.user.role]:
        raise Forbidden(f"Only an administrator may do this to “{user.name}”.")


def areas_of(caller: Caller | None) -> tuple[Area, ...]:
    """Return what is open to *caller*, in the order of the table."""
    return tuple(one for one in LEAST if may_enter(caller, one))
