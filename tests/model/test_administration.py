"""Who may see and do what in administration."""

from itertools import product

import pytest

from aen.model.administration import (
    LEAST,
    Area,
    areas_of,
    demand_above,
    demand_area,
    may_enter,
)
from aen.model.errors import Forbidden
from aen.model.names import UserName
from aen.model.users import Caller, Role, User

STAFF_MAY = {
    Area.OVERVIEW,
    Area.REPORT,
    Area.RESETS,
    Area.EXCEPTIONS,
    Area.NOTIFICATION,
}


def caller(role: Role, *, disabled: bool = False) -> Caller:
    """Return somebody with a session."""
    user = User("u", UserName(role.value), role=role, disabled=disabled)
    return Caller(user, session="s")


def test_the_table_is_whole() -> None:
    """Every area has a line; no area is open to everybody."""
    assert set(LEAST) == set(Area)
    assert Role.USER not in LEAST.values()


@pytest.mark.parametrize(("role", "area"), list(product(Role, Area)))
def test_who_may(role: Role, area: Area) -> None:
    """Superusers everything, staff what the table says, users nothing."""
    open_to = {Role.USER: set(), Role.STAFF: STAFF_MAY, Role.SUPERUSER: set(Area)}
    may = area in open_to[role]
    assert may_enter(caller(role), area) is may
    assert (area in areas_of(caller(role))) is may
    if may:
        demand_area(caller(role), area)
    else:
        with pytest.raises(Forbidden):
            demand_area(caller(role), area)


@pytest.mark.parametrize("area", Area)
def test_who_never_may(area: Area) -> None:
    """Nobody, the disabled, and tokens that are limited in any way."""
    user = caller(Role.SUPERUSER).user
    for who in (
        None,
        caller(Role.SUPERUSER, disabled=True),
        Caller(user, token="t", scopes=frozenset({"user:username"})),
        Caller(user, token="t", project="p"),
    ):
        assert not may_enter(who, area)


@pytest.mark.parametrize(
    ("by", "over", "may"),
    [
        (Role.STAFF, Role.USER, True),
        (Role.STAFF, Role.STAFF, False),
        (Role.STAFF, Role.SUPERUSER, False),
        (Role.SUPERUSER, Role.SUPERUSER, True),
    ],
)
def test_nobody_reaches_up(by: Role, over: Role, *, may: bool) -> None:
    """Staff act on people below them only."""
    if may:
        demand_above(caller(by), caller(over).user)
    else:
        with pytest.raises(Forbidden):
            demand_above(caller(by), caller(over).user)
