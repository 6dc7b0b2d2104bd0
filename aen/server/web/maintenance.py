"""Maintenance: only administrators come in, the others are told why; apps go on."""

from aen.model.errors import Unavailable
from aen.model.site import SiteValues
from aen.model.users import Caller, Role

# Whoever is signed in is still told to gateways: what runs goes on, and is reached.
_OPEN = frozenset({"/login", "/logout", "/oauth/authorize", "/account/announcement"})


def demand_open(site: SiteValues, caller: Caller | None, path: str = "") -> None:
    """Refuse everybody but administrators, and what apps ask with their tokens.

    :raises Unavailable: with the reason an administrator has written.
    """
    if not site.maintenance.on or path in _OPEN:
        return
    if caller is not None and caller.user.role is Role.SUPERUSER:
        return
    if caller is not None and caller.project is not None:
        return
    raise Unavailable(site.maintenance.reason)
