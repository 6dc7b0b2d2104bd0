"""Whether somebody signs in from where they do, or from a new place."""

import ipaddress

from attrs import frozen
from twisted.internet.interfaces import IReactorTime

from aen.server.browsers import browser_name
from aen.server.store.familiar import FamiliarPlaces


def network(address: str) -> str:
    """Return the network an address is of: providers give people a new one each day."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv6Address) and known.ipv4_mapped is not None:
        known = known.ipv4_mapped
    bits = 24 if known.version == 4 else 48  # noqa: PLR2004
    return str(ipaddress.ip_network(f"{known}/{bits}", strict=False))


@frozen
class Familiar:
    """Knows where from and with which browsers people sign in."""

    places: FamiliarPlaces
    clock: IReactorTime

    async def novelty(self, user: str, address: str, agent: str) -> str:
        """Remember a sign-in and return what is new about it; empty: nothing.

        With the first sign-in of an account everything would be: it is not told.
        """
        now = self.clock.seconds()
        first = await self.places.none(user)
        marks = {
            "address": f"network {network(address)}" if address else "",
            "browser": f"browser {browser_name(agent)}",
        }
        new = [
            name
            for name, mark in marks.items()
            if mark and not await self.places.saw(user, mark, now)
        ]
        return "" if first else " and ".join(new)
