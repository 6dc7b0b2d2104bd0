"""Projects that move between this node and another, piece by piece.

The server carries the pieces. What is intended is noted before it is done: a project
that leaves is still at home here until it is asked to be cleared away, one that arrives
counts for nothing until the server has it here. A connection, a program or this node
may end at any moment: whoever asks begins anew, and what was begun is removed first.
"""

import secrets
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from attrs import define, evolve, field, frozen
from twisted.application.service import Service
from twisted.internet.defer import Deferred, DeferredLock
from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger
from typing_extensions import override

from aen.compute.environments.provider import Report
from aen.compute.moves import NAMING, demand_free, where
from aen.compute.programs.piping import Pipes, Receiving, Sending
from aen.compute.project_ground import Ground
from aen.compute.project_state import ProjectState, ProjectStates
from aen.compute.project_work import ProjectWork
from aen.compute.running import path_of
from aen.model.errors import Conflict, Failed
from aen.model.names import ProjectPath
from aen.model.projects import Progress
from aen.runtime.tasks import spawn
from aen.wire.messages import ProjectOnDisk
from aen.wire.shipments import (
    PIECE,
    Cargo,
    Expected,
    Expecting,
    Piece,
    PieceQuestion,
    ShipmentQuestion,
    packed,
)

SILENCE = 600.0
"""Seconds after which a shipment that nobody asks about is given up."""
_GIB = 1024**3
_BROKEN = "The way of the files broke off; it begins anew."
_WRITING = Progress("Writing the last files")
_REMOVING = Progress("Removing the project's files")
LEAVING, ARRIVING, ARRIVED = "leaving", "arriving", "arrived"


@define(eq=False)
class _Session:
    """One shipment under way: a program, and the piece that was asked for last."""

    shipment: str
    program: Sending | Receiving
    cargo: Cargo = Cargo("")
    number: int = -1
    piece: bytes = b""
    lock: DeferredLock = field(factory=DeferredLock)
    timer: IDelayedCall | None = None


@frozen
class ShipmentGround:
    """What shipments stand on."""

    root: Path
    states: ProjectStates
    ground: Ground
    work: ProjectWork
    pipes: Pipes
    reactor: Any


class Shipments(Service):
    """The shipments from and to this node; a project has one at most."""

    _log = Logger()

    def __init__(self, ground: ShipmentGround) -> None:
        self.on = ground
        self._sessions: dict[str, _Session] = {}

    async def prepare(self, asked: ShipmentQuestion) -> Cargo:
        """End what runs in a project, and get ready to send it.

        :raises Failed: its files are not here.
        """
        found: list[Cargo] = []

        async def work(path: ProjectPath, _: Report) -> None:
            await self._end(asked.project.id)
            known = self.on.states.read(asked.project.id) or ProjectState(str(path))
            if where(self.on.root, known) != path or not self._has(path):
                raise Failed(f"There are no files of {path} on this node.")
            state = evolve(known, shipment=asked.shipment, way=LEAVING)
            self.on.states.write(asked.project.id, state)
            counted = await self.on.ground.measure(path)
            found.append(
                Cargo(
                    str(self.on.root),
                    known.active,
                    counted.bytes,
                    counted.files,
                    counted.whole,
                )
            )
            session = _Session(asked.shipment, Sending())
            session.program.start(
                self.on.reactor, self.on.pipes.send(path, asked.project.team)
            )
            self._begin(asked.project.id, session)

        await self._quietly("prepare", asked.project, work)
        return found[0]

    async def load(self, asked: PieceQuestion) -> bytes:
        """Return a piece of a project that leaves; the last one again if need be.

        :raises Conflict: the shipment is over, or another one.
        :raises Failed: the project cannot be packed; says why.
        """
        session = self._session(asked.project_id, asked.shipment)
        await session.lock.acquire()
        try:
            if asked.project_id in self.on.work.running:
                raise Conflict("The project has been started.")
            if _is_next(session, asked.number):
                program = session.program
                assert isinstance(program, Sending)
                session.piece = packed(asked, await program.read(PIECE))
                session.number = asked.number
            return session.piece
        finally:
            session.lock.release()

    async def expect(self, asked: Expected) -> Expecting:
        """Get ready for a project; what an earlier shipment of it left goes away.

        :raises Failed: there are files in its place, no room, or no account.
        """
        found: list[bool] = []

        async def work(path: ProjectPath, _: Report) -> None:
            await self._end(asked.project.id)
            state = self.on.states.read(asked.project.id)
            here = state is not None and self._is_here(state, path, asked.shipment)
            if not here:
                await self._make_room(asked, path, state)
                await self._receive(asked, path)
            found.append(here)

        await self._quietly("expect", asked.project, work)
        return Expecting(found[0])

    def _is_here(self, state: ProjectState, path: ProjectPath, shipment: str) -> bool:
        """Whether all files are here: they have come, or never left a common disk."""
        same = state.shipment == shipment and state.path == str(path)
        return same and state.way in (LEAVING, ARRIVED) and self._has(path)

    async def _make_room(
        self, asked: Expected, path: ProjectPath, state: ProjectState | None
    ) -> None:
        key = asked.project.id
        if state is not None and state.way in (ARRIVING, ARRIVED):
            await self._remove(key, state)
        demand_free(self.on.states, path, key)
        if self._has(path):
            raise Failed(
                f"There are files at {path} on the node already that are nobody's; ask"
                " the administrator to move them away."
            )
        free, wanted = shutil.disk_usage(self.on.root).free, asked.cargo.bytes
        if wanted > free:
            raise Failed(
                f"The project has {wanted / _GIB:.3g} GiB, the disk of the node"
                f" {free / _GIB:.3g} GiB of room; ask the administrator for more."
            )
        # also says whether its people can work here
        await self.on.ground.check(path, "default", asked.project.team)

    async def _receive(self, asked: Expected, path: ProjectPath) -> None:
        key, cargo = asked.project.id, asked.cargo
        state = ProjectState(str(path), cargo.active)
        state = evolve(state, shipment=asked.shipment, way=ARRIVING)
        self.on.states.write(key, state)
        program = Receiving()
        staging = f"{key}.{secrets.token_hex(8)}"
        program.start(
            self.on.reactor,
            self.on.pipes.receive(path, asked.project.team, staging),
        )
        session = _Session(asked.shipment, program, cargo)
        self._begin(key, session)
        await program.ready()

    async def unload(self, piece: Piece) -> None:
        """Take a piece of a project that arrives; the same again does no harm.

        :raises Conflict: the shipment is over, or another one.
        :raises Failed: it cannot be unpacked; says why.
        """
        head = piece.head
        session = self._session(head.project_id, head.shipment)
        await session.lock.acquire()
        try:
            if _is_next(session, head.number):
                program = session.program
                assert isinstance(program, Receiving)
                await program.feed(piece.content)
                session.number = head.number
        finally:
            session.lock.release()

    async def settle(self, asked: ShipmentQuestion, report: Report) -> None:
        """Wait until a project is whole and in its place here, if it still comes.

        :raises Failed: it is not.
        """

        async def work(path: ProjectPath, tell: Report) -> None:
            key = asked.project.id
            state = self.on.states.read(key)
            if state is not None and self._is_here(state, path, asked.shipment):
                if state.way == LEAVING:  # both nodes see the disk: it stays
                    self.on.states.write(key, state.settled())
                return
            session = self._sessions.get(key)
            if session is None or session.shipment != asked.shipment:
                return  # it broke off: whoever asks looks whether all is here
            program = session.program
            if state is None or not isinstance(program, Receiving):
                return
            tell(_WRITING)
            await program.finish()
            await self._end(key)
            if session.cargo.root != str(self.on.root):
                tell(Progress(NAMING))
                await self.on.ground.relocate(path, path, session.cargo.root)
            team = asked.project.team if self.on.ground.shared else None
            self.on.states.write(key, evolve(state, team=team, way=ARRIVED))
            self._log.info("{path} has come from another node", path=path)

        await self._quietly("settle", asked.project, work, report)

    async def clear(self, asked: ShipmentQuestion, report: Report) -> None:
        """Remove a project that is another node's now, if it left by this shipment.

        :raises Failed: something could not be removed; trying again goes on.
        """

        async def work(path: ProjectPath, tell: Report) -> None:
            await self._end(asked.project.id)
            state = self.on.states.read(asked.project.id)
            if state is None or (state.shipment, state.way) != (
                asked.shipment,
                LEAVING,
            ):
                return  # gone already, or it never left a disk that both see
            tell(_REMOVING)
            await self._remove(asked.project.id, state)
            self._log.info("{path} is on another node now", path=path)

        await self._quietly("clear", asked.project, work, report)

    async def drop(self, asked: ShipmentQuestion, report: Report) -> None:
        """Remove what has come of a project that stays where it was.

        :raises Failed: something could not be removed; trying again goes on.
        """

        async def work(_: ProjectPath, tell: Report) -> None:
            await self._end(asked.project.id)
            state = self.on.states.read(asked.project.id)
            ours = state is not None and state.shipment == asked.shipment
            if state is None or not ours or state.way not in (ARRIVING, ARRIVED):
                return
            tell(_REMOVING)
            await self._remove(asked.project.id, state)

        await self._quietly("drop", asked.project, work, report)

    async def _remove(self, key: str, state: ProjectState) -> None:
        """Take the files of a project that is elsewhere off this disk."""
        path = where(self.on.root, state)
        if self._has(path):
            await self.on.ground.remove(path, f"{key}.{secrets.token_hex(8)}")
        self.on.states.forget(key)

    def _has(self, path: ProjectPath) -> bool:
        return (self.on.root / path.owner / path.name).is_dir()

    async def _quietly(
        self,
        verb: str,
        project: ProjectOnDisk,
        work: Callable[[ProjectPath, Report], Awaitable[None]],
        report: Report = lambda _: None,
    ) -> None:
        path_of(project)
        name = f"{verb} {secrets.token_hex(4)}"  # each may be of another shipment
        await self.on.work.quietly(name, project, work, report)

    def _session(self, key: str, shipment: str) -> _Session:
        session = self._sessions.get(key)
        if session is None or session.shipment != shipment:
            raise Conflict(_BROKEN)
        if session.timer is not None:
            session.timer.reset(SILENCE)
        return session

    def _begin(self, key: str, session: _Session) -> None:
        self._sessions[key] = session
        session.timer = self.on.reactor.callLater(SILENCE, self._silent, key)

    def _silent(self, key: str) -> None:
        self._log.warn("nobody asks about the files of {key} any more", key=key)
        self._sessions[key].timer = None
        spawn(self._log, "ending a shipment", self._end(key))

    async def _end(self, key: str) -> None:
        """End the shipment of a project, if there is one, and its program."""
        session = self._sessions.pop(key, None)
        if session is None:
            return
        if session.timer is not None:
            session.timer.cancel()
        await session.program.abort()

    @override
    def stopService(self) -> "Deferred[None]":
        super().stopService()
        return Deferred.fromCoroutine(self._stop())

    async def _stop(self) -> None:
        for key in tuple(self._sessions):
            await self._end(key)


def _is_next(session: _Session, number: int) -> bool:
    """Whether a piece is the one after the last; False: it is that once more.

    :raises Conflict: it is another one.
    """
    if number not in (session.number, session.number + 1) or number < 0:
        raise Conflict(_BROKEN)
    return number != session.number
