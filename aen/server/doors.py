"""Where the pages are served; a worker never imports it."""

from collections.abc import Callable
from typing import Any

from twisted.application.service import IService

from aen.runtime.assets import Assets
from aen.runtime.listening import ListeningService, unix_endpoint
from aen.server.channel import Channels
from aen.server.doorway import Doorway
from aen.server.front import front
from aen.server.rooms import Rooms
from aen.server.settings import ServerSettings
from aen.server.several import member, parent
from aen.server.web.http import bounded_site
from aen.server.web.site import site
from aen.server.web.templates import BUILT
from aen.server.wire_api import WireApi


def several(
    settings: ServerSettings, command: Callable[[int], tuple[str, ...]], reactor: Any
) -> IService:
    """Return the front of several processes, which *command* starts by number."""
    proxy = front(settings, Assets.load(BUILT), reactor)
    return parent(settings, proxy, command, reactor)


def doors(
    rooms: Rooms, channels: Channels, process: int | None, reactor: Any
) -> list[IService]:
    """Return where the pages are served: one of several has a front before it."""
    settings, assets = rooms.settings, Assets.load(BUILT)
    root = Doorway(WireApi(rooms, channels), site(rooms, assets))
    pages = bounded_site(root, settings.body_limit)
    socket = settings.web_sockets[process or 0]
    listening = ListeningService(unix_endpoint(socket), pages, reactor)
    if process is not None:
        return [member(listening, reactor)]
    proxy = front(settings, assets, reactor)
    return [
        listening,
        *(ListeningService(one, proxy, reactor) for one in settings.listen),
    ]
