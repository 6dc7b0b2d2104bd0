"""The server as one service; the only file of the role that knows the reactor."""

import os
import secrets
from typing import Any, ClassVar

from twisted.application.service import IService, Service
from twisted.python.threadpool import ThreadPool

from aen.model.errors import AenError
from aen.runtime.machine import machine
from aen.runtime.options import RoleOptions
from aen.runtime.services import InOrder, Settled
from aen.server.backup.mark import demand_whole
from aen.server.bell import Bell
from aen.server.channel import Channels
from aen.server.exceptions import ExceptionWatch
from aen.server.life import Life
from aen.server.making import make_rooms
from aen.server.passwords import Passwords, in_pool
from aen.server.rooms import Rooms
from aen.server.settings import (
    DEFAULT_PREFIX,
    OWN_FILES,
    ServerSettings,
    check_server,
)
from aen.server.store.opening import open_database
from aen.server.work.handlers import handlers
from aen.server.work.names import gone_from, worker_name
from aen.server.work.worker import Pace, Worker

_HASHED_AT_ONCE = 2
"""argon2 takes 64 MiB and a core for each; the rest waits its turn."""


class Options(RoleOptions):
    """``twistd aen-server``."""

    own = tuple(DEFAULT_PREFIX / "etc/wakari" / name for name in OWN_FILES)
    optFlags: ClassVar[Any] = [
        ["worker", None, "Serve nothing; only do the tasks that others ask for."]
    ]

    def __init__(self) -> None:
        super().__init__()
        self.process: int | None = None

    def opt_process(self, number: str) -> None:
        """Be the process of this NUMBER of several; only their parent starts them."""
        self.process = int(number)

    def command(self, number: int) -> tuple[str, ...]:
        """Return the command that starts the process of that *number*."""
        return self.again("aen-server", "--process", number)


def makeService(options: Options) -> IService:
    """Return the server, or its worker alone, as *options* say."""
    from twisted.internet import reactor

    settings = options.settings(ServerSettings, check_server)
    worker, process = bool(options["worker"]), options.process
    try:
        demand_whole(settings.home)
        if settings.processes > 1 and process is None and not worker:
            from aen.server.doors import several

            return several(settings, options.command, reactor)
        return assemble(settings, reactor, worker_only=worker, process=process)
    except AenError as error:
        raise SystemExit(error.message) from None


def assemble(
    settings: ServerSettings,
    reactor: Any,
    *,
    worker_only: bool = False,
    process: int | None = None,
) -> IService:
    """Return the server as one service: read top to bottom, its architecture.

    :param process: which of several processes this is, if it is one of several.
    """
    database, store = open_database(
        reactor,
        directory=settings.store,
        mongo_url=settings.MONGO_URL,
        answer=settings.store_timeout,
    )
    threads = Threads()
    passwords = Passwords(in_pool(reactor, threads.pool), at_once=_HASHED_AT_ONCE)
    rooms = make_rooms(settings, database, passwords, reactor)
    channels = Channels.of(rooms)
    works = settings.worker or worker_only
    worker = make_worker(rooms, reactor) if works else None

    bell = Bell(settings.bells, rooms.events.rung, reactor)
    rooms.events.ring = bell.ring

    life = Life(rooms, channels, worker, reactor, gone_from(machine()))

    server = InOrder()
    parts: list[IService] = [threads, store, bell, make_watch(rooms, reactor), life]
    if not worker_only:
        # A worker spares itself 13 MB of pages, and of what makes them.
        from aen.server.doors import doors

        parts += doors(rooms, channels, process, reactor)
    for part in (*parts, Settled()):
        part.setServiceParent(server)
    return server


def make_watch(rooms: Rooms, reactor: Any) -> ExceptionWatch:
    """Return what keeps the errors of this process for administrators."""
    process = f"{machine()[:8]}/{os.getpid()}"
    most = rooms.settings.exceptions_kept
    return ExceptionWatch(rooms.archive.exceptions, reactor, process, most)


def make_worker(rooms: Rooms, reactor: Any) -> Worker:
    """Return the worker of this process, which no other is called like."""
    name = worker_name(machine(), os.getpid(), secrets.token_hex(4))
    pace = Pace.of(rooms.settings)
    work, records = handlers(rooms), rooms.archive.tasks
    return Worker(records, work, rooms.events, reactor, name, pace)


class Threads(Service):
    """The few threads in which passwords are hashed."""

    def __init__(self) -> None:
        self.pool = ThreadPool(0, _HASHED_AT_ONCE, "passwords")

    def startService(self) -> None:
        """Start the pool; a thread is made when it is needed."""
        super().startService()
        self.pool.start()

    def stopService(self) -> None:
        """End the threads."""
        super().stopService()
        self.pool.stop()
