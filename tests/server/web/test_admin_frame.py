"""The menu of administration."""

from aen.model.administration import LEAST, Area
from aen.model.names import UserName
from aen.model.users import Caller, Role, User
from aen.server.web.admin_frame import MENU, menu_of

EVERY = [one for _, entries in MENU for one in entries]


def caller(role: Role) -> Caller:
    """Return somebody with a session."""
    return Caller(User("u", UserName("u"), role=role), session="s")


def test_menu() -> None:
    """Every area is on it; each sees what is open to them, and no empty group."""
    assert {one.area for one in EVERY} <= set(Area)
    assert len({one.section for one in EVERY}) == len(EVERY)
    assert [
        one for _, group in menu_of(caller(Role.SUPERUSER)) for one in group
    ] == EVERY
    staff = menu_of(caller(Role.STAFF))
    assert all(entries for _, entries in staff)
    shown = {one.area for _, entries in staff for one in entries}
    assert shown <= {area for area, role in LEAST.items() if role is Role.STAFF}
    assert menu_of(caller(Role.USER)) == []
