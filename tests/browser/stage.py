"""A program that shows scenes behind the real front, for the browser to look at.

``python -m tests.browser.stage FOLDER PORT PORT PORT PORT``: a scene of `SCENES` on
each of the first ports, on the last a front with nobody behind it. What was made is
printed as a line of JSON; the program ends when its standard input does.
"""

import json
import sys
from pathlib import Path
from typing import Any, cast

from twisted.internet.defer import Deferred
from twisted.internet.protocol import Protocol
from twisted.internet.stdio import StandardIO
from twisted.internet.task import Clock, react

from aen.runtime.assets import Assets
from aen.runtime.tasks import start
from aen.server.front import front
from aen.server.settings import ServerSettings
from aen.server.web.cookies import Cookies
from aen.server.web.http import bounded_site
from aen.server.web.site import site
from aen.server.web.templates import BUILT
from tests.browser import scene

NEAR = "127.0.0.1"
SCENES = {"full": scene.full, "bare": scene.bare, "closed": scene.closed}
AWAY = "away"
"""The name of the front whose pages do not answer."""


class _UntilClosed(Protocol):
    """Waits for the other side to go."""

    def __init__(self) -> None:
        self.closed: Deferred[None] = Deferred()

    def connectionLost(self, reason: Any = None) -> None:
        """End the program."""
        self.closed.callback(None)


def settings_of(folder: Path, name: str, port: int) -> dict[str, Any]:
    """Return the settings of the server that shows the scene called *name*."""
    return {
        "public_url": f"http://{NEAR}:{port}",
        "prefix": str(folder / name),
        "socket": str(folder / f"{name}.sock"),
        "site_name": "Notebooks of the Institute",
        "examples": True,
    }


async def show(reactor: Any, folder: Path, ports: list[int]) -> dict[str, Any]:
    """Listen; return by name where each scene is and who is signed in there."""
    assets, told = Assets.load(BUILT), {}
    for (name, make), port in zip(SCENES.items(), ports, strict=False):
        settings = settings_of(folder, name, port)
        made = await make(cast("Clock", reactor), **settings)
        rooms = made.rooms
        pages = bounded_site(site(rooms, assets), rooms.settings.body_limit)
        reactor.listenUNIX(str(rooms.settings.web_socket), pages)
        reactor.listenTCP(port, front(rooms.settings, assets, reactor), interface=NEAR)
        told[name] = {
            "url": rooms.settings.public_url,
            "cookie": Cookies.of(rooms.settings.public_url).session,
            "sessions": made.cookies,
            "words": made.words,
        }
    away = ServerSettings(**settings_of(folder, AWAY, ports[-1]))
    reactor.listenTCP(ports[-1], front(away, assets, reactor), interface=NEAR)
    told[AWAY] = {"url": away.public_url, "cookie": "", "sessions": {}, "words": {}}
    return told


async def main(reactor: Any, folder: Path, ports: list[int]) -> None:
    """Show everything until nobody looks any more."""
    told = await show(reactor, folder, ports)
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()
    watcher = _UntilClosed()
    StandardIO(watcher)
    await watcher.closed


if __name__ == "__main__":
    place, *numbers = sys.argv[1:]
    chosen = Path(place), [int(one) for one in numbers]
    react(lambda reactor: start(main(reactor, *chosen)))
