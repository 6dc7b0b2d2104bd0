"""Everything the pages and the API call."""

from typing import Any

from attrs import frozen
from twisted.internet.interfaces import IReactorTime

from aen.server.settings import ServerSettings


@frozen
class Rooms:
    """The use cases, one room each."""

    accounts: Any
    projects: Any
    running: Any
    centers: Any
    tasks: Any
    events: Any
    oauth: Any
    settings: ServerSettings
    clock: IReactorTime
