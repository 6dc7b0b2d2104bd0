"""Looks at an installation from inside and says what is wrong with it."""

import socket
from email.utils import parsedate_to_datetime

from treq.client import HTTPClient
from twisted.web.iweb import IAgent

from aen.model.errors import AenError
from aen.model.places import DataCenter, NodeHealth
from aen.server.rooms import Rooms
from aen.server.system_check import Finding

_SECONDS = 5.0
_DRIFT = 20.0
"""Seconds two clocks may differ; tickets between roles live for a minute."""


async def examine(rooms: Rooms, agent: IAgent) -> tuple[Finding, ...]:
    """Return how the store, the server, and every gateway are."""
    found = [await _store(rooms), _pages(rooms), await _administrators(rooms)]
    found.append(await _accounts(rooms))
    try:
        centers = await rooms.centers.data_centers()
    except AenError:
        return tuple(found)
    if not centers:
        found.append(Finding(False, "There is no data center; configure a gateway."))
    for center in centers:
        found += await _center(rooms, center, agent)
    return tuple(found)


async def _store(rooms: Rooms) -> Finding:
    try:
        await rooms.database.ping()
    except AenError as error:
        return Finding(False, f"The store does not answer: {error.message}")
    return Finding(True, "The store answers.")


async def _accounts(rooms: Rooms) -> Finding:
    health = await rooms.door.watch.health()
    more = "" if health.good else " “check-accounts” says more."
    return Finding(health.good, f"{health.text}{more}")


async def _administrators(rooms: Rooms) -> Finding:
    try:
        count = await rooms.archive.users.superusers()
    except AenError as error:
        return Finding(False, f"The accounts cannot be read: {error.message}")
    if not count:
        return Finding(False, "There is no administrator; add one with “superuser”.")
    return Finding(True, f"Administrators: {count}.")


def _pages(rooms: Rooms) -> Finding:
    path = rooms.settings.web_socket
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(_SECONDS)
        try:
            probe.connect(str(path))
        except OSError as error:
            return Finding(
                False, f"The server does not run ({path}: {error.strerror})."
            )
    return Finding(True, f"The server listens at {path}.")


async def _center(rooms: Rooms, center: DataCenter, agent: IAgent) -> list[Finding]:
    found = [await _gateway(rooms, center, agent)]
    health = await rooms.archive.centers.health(center.name)
    if not center.nodes:
        text = f"The data center “{center.name}” has no compute node."
        found.append(Finding(False, text))
    for node in center.nodes:
        known = health.get(node.name)
        answers = known is not None and known.answering
        word = "answers" if answers else "does not answer"
        found.append(Finding(answers, f"The node “{node.name}” {word}."))
        found += [] if known is None else _messages(known)
    return found


def _messages(health: NodeHealth) -> list[Finding]:
    """Return what a node says; that it is for one user is no fault of it."""
    return [
        Finding(
            health.single_user and "single-user" in one.lower(),
            f"“{health.name}”: {one}",
        )
        for one in health.messages
    ]


async def _gateway(rooms: Rooms, center: DataCenter, agent: IAgent) -> Finding:
    name, url = center.name, f"{center.url}/_aen/status"
    try:
        asking = HTTPClient(agent).get(url, allow_redirects=False)
        response = await asking.addTimeout(_SECONDS, rooms.clock)
        await response.content()
    except Exception as error:  # noqa: BLE001 -- whatever it is, there is no answer
        reason = str(error) or type(error).__name__
        return Finding(False, f"The gateway “{name}” does not answer: {reason[:200]}")
    drift = _drift(response.headers.getRawHeaders("date", []), rooms.clock.seconds())
    if abs(drift) > _DRIFT:
        text = f"The clock of the gateway “{name}” differs by {drift:.0f} seconds."
        return Finding(False, text)
    return Finding(True, f"The gateway “{name}” answers at {center.url}.")


def _drift(dates: list[str], now: float) -> float:
    try:
        return parsedate_to_datetime(dates[0]).timestamp() - now
    except (IndexError, ValueError):
        return 0.0
