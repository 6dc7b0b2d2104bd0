"""Gateways' channels: news for them, and what they say of their nodes."""

from collections.abc import Callable, Coroutine
from typing import Any

from attrs import define, field
from twisted.internet.defer import DeferredLock
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from aen.model.errors import AenError
from aen.runtime.structure import structure
from aen.runtime.tasks import Periodic, spawn
from aen.server.centers import HEARD_SECONDS, Centers
from aen.server.events import GATEWAYS, SITE, Events, gateway_topic, project_topic
from aen.server.records import Event
from aen.server.rooms import Rooms
from aen.server.site_settings import SiteSettings
from aen.server.store.projects import ProjectRecords
from aen.wire.channel import ChannelEnd, ServerEnd
from aen.wire.messages import Down, Drop, Launch, ProjectNews, Up

_WAITING = 200
"""Messages of one gateway that wait for the store; more are dropped."""


@define
class _Channel:
    name: str
    end: ChannelEnd
    leave: list[Callable[[], None]] = field(factory=list)


class Channels:
    """Every channel of this process: a `ServerListener` of the wire."""

    def __init__(
        self,
        centers: Centers,
        projects: ProjectRecords,
        events: Events,
        site: SiteSettings,
        clock: IReactorTime,
    ) -> None:
        self._centers = centers
        self._site = site
        self._projects = projects
        self._events = events
        self._open: dict[ChannelEnd, _Channel] = {}
        self._locks: dict[str, DeferredLock] = {}
        self._log = Logger()
        self._beat = Periodic(clock, HEARD_SECONDS, "noting gateways", self._note)

    @classmethod
    def of(cls, rooms: Rooms) -> "Channels":
        """Return the channels of the server with these *rooms*."""
        projects = rooms.archive.projects
        return cls(rooms.centers, projects, rooms.events, rooms.site, rooms.clock)

    def start(self) -> None:
        """Begin to note, now and then, which gateways are connected."""
        self._beat.start(now=False)

    async def stop(self) -> None:
        """Close every channel."""
        await self._beat.stop()
        for end in tuple(self._open):
            _close(end)

    def opened(self, gateway: str, end: ChannelEnd) -> None:
        """A gateway has come: tell it its nodes, and what everybody is to read."""
        name = gateway.partition(":")[2]
        channel = _Channel(name, end)
        self._open[end] = channel
        for topic in (gateway_topic(name), GATEWAYS, SITE):
            channel.leave.append(
                self._events.subscribe(topic, lambda event: self._tell(channel, event))
            )
        self._log.info("the gateway {name} is connected", name=name)
        self._in_turn(name, self._welcome(channel))

    def heard(self, gateway: str, message: Up) -> None:
        """A gateway said something of one of its nodes or apps."""
        name = gateway.partition(":")[2]
        self._in_turn(name, self._take(name, message))

    def closed(self, gateway: str, end: ChannelEnd) -> None:
        """A gateway has gone."""
        channel = self._open.pop(end, None)
        if channel is None:
            return
        for leave in channel.leave:
            leave()
        self._log.info("the gateway {name} has gone", name=channel.name)
        if all(one.name != channel.name for one in self._open.values()):
            gone = self._centers.heard_of(channel.name, connected=False)
            self._in_turn(channel.name, gone)

    def _in_turn(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """Do *work* after what came from the same gateway before."""
        lock = self._locks.setdefault(name, DeferredLock())
        if len(lock.waiting) >= _WAITING:
            work.close()
            self._log.warn("{name} says more than can be kept", name=name)
            return
        spawn(self._log, f"news of {name}", self._alone(lock, work))

    async def _alone(self, lock: DeferredLock, work: Coroutine[Any, Any, None]) -> None:
        await lock.acquire()
        try:
            await work
        except AenError as error:
            self._log.warn("news of a gateway is lost: {error}", error=error.message)
        finally:
            lock.release()

    async def _welcome(self, channel: _Channel) -> None:
        await self._centers.heard_of(channel.name, connected=True)
        await self._send_nodes(channel)
        await self._send_notices(channel)

    async def _send_notices(self, channel: _Channel) -> None:
        channel.end.say(Down(notices=(await self._site.values()).notices))

    async def _send_nodes(self, channel: _Channel) -> None:
        center = await self._centers.center(channel.name)
        channel.end.say(Down(nodes=center.nodes))

    async def _note(self) -> None:
        for name in {one.name for one in self._open.values()}:
            await self._centers.heard_of(name, connected=True)

    def _tell(self, channel: _Channel, event: Event) -> None:
        match event.kind:
            case "drop":
                channel.end.say(Down(drop=structure(event.data, Drop)))
            case "project":
                channel.end.say(Down(project=structure(event.data, ProjectNews)))
            case "nodes":
                self._in_turn(channel.name, self._send_nodes(channel))
            case "site":
                self._in_turn(channel.name, self._send_notices(channel))
            case "close":
                _close(channel.end)
            case _:
                self._log.warn("unknown news for gateways: {kind}", kind=event.kind)

    async def _take(self, name: str, message: Up) -> None:
        if message.status is not None:
            await self._centers.heard_status(name, message.status)
        if message.silent:
            await self._centers.heard_silence(name, message.silent)
        if message.launch is not None:
            await self._take_launch(name, message.launch)

    async def _take_launch(self, name: str, launch: Launch) -> None:
        project = await self._projects.with_id(launch.project_id)
        if project is None or project.data_center != name:
            return
        told = {
            "app": launch.app,
            "title": launch.title,
            "user": launch.user,
            "launch": launch.id,
            "state": launch.state,
        }
        await self._events.publish(project_topic(project.id), "apps", told)


def _close(end: ChannelEnd) -> None:
    if isinstance(end, ServerEnd):
        end.sendClose(1000)
