"""What a node does besides answering: it begins, and it keeps house."""

import os
import pwd
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger
from typing_extensions import override

from aen.compute.culling import Culling
from aen.compute.environments.provider import (
    APPS,
    DEFAULT,
    JUPYTER,
    EnvironmentProvider,
)
from aen.compute.launches import Launches
from aen.compute.mode import Mode
from aen.compute.projects import ProjectDirectories
from aen.compute.records import Records
from aen.compute.running import RunningProjects
from aen.compute.settings import ComputeSettings
from aen.compute.status import REAL_ACCOUNTS, SINGLE_USER, StatusBoard
from aen.model.errors import AenError, Invalid
from aen.runtime.tasks import Periodic, background


class Beginning(Service):
    """Before the first question: what is on disk is known, live apps are adopted.

    When it stops the apps go on; its successor adopts them.
    """

    _log = Logger()

    def __init__(
        self,
        settings: ComputeSettings,
        records: Records,
        running: RunningProjects,
        launches: Launches,
        directories: ProjectDirectories,
        mode: Mode,
    ) -> None:
        self._settings = settings
        self._mode = mode
        self._records = records
        self._running = running
        self._launches = launches
        self._directories = directories
        self._sweeping: Deferred[None] | None = None

    @override
    def privilegedStartService(self) -> None:
        """Make the places a node needs.

        :raises Invalid: one of them cannot be used; says why.
        """
        try:
            self._settings.project_root.mkdir(parents=True, exist_ok=True)
            self._records.prepare()
            self._running.load()
            self._settings.logs.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            text = f"{error.filename}: cannot be used: {error.strerror}"
            raise Invalid(text) from None
        super().privilegedStartService()

    @override
    def startService(self) -> None:
        super().startService()
        account = pwd.getpwuid(os.geteuid()).pw_name
        if self._mode.single_user:
            self._log.warn(
                "{text} The account is “{account}”.", text=SINGLE_USER, account=account
            )
        else:
            self._log.info("{text}", text=REAL_ACCOUNTS)
        adopted = self._launches.adopt()
        self._log.info(
            "{running} projects run here, {adopted} apps are adopted",
            running=len(self._running),
            adopted=adopted,
        )
        self._sweeping = background(self._log, "sweeping", self._directories.sweep())

    @override
    def stopService(self) -> Deferred[None]:
        super().stopService()
        return Deferred.fromCoroutine(self._stop())

    async def _stop(self) -> None:
        if self._sweeping is not None:
            self._sweeping.cancel()
            await self._sweeping


class Housekeeping(Service):
    """What goes on in the background: templates, self-checks, the size of logs."""

    _log = Logger()
    _SECONDS = 30.0
    _USE_SECONDS = 2.0
    _SETTLING = 45.0
    """What was used while no node was there to be told is told by then."""

    def __init__(
        self,
        reactor: Any,
        environments: EnvironmentProvider,
        launches: Launches,
        board: StatusBoard,
        culling: Culling,
        python: Callable[[], Awaitable[object]] | None = None,
    ) -> None:
        """Keep house; *python* has the interpreter of AEN's own apps made ready."""
        self._environments = environments
        self._python = python
        self._culling = culling
        self._templates: Deferred[None] | None = None
        self._checks = Periodic(
            reactor, self._SECONDS, "checking the node", board.refresh
        )
        self._logs = Periodic(
            reactor, self._SECONDS, "cutting logs", launches.bound_logs
        )
        self._uses = Periodic(
            reactor, self._USE_SECONDS, "looking at what is not used", culling.turn
        )
        self._settling: IDelayedCall | None = None
        self._clock: IReactorTime = reactor

    @override
    def startService(self) -> None:
        super().startService()
        self._templates = background(self._log, "templates", self._build())
        self._checks.start()
        self._logs.start(now=False)
        self._settling = self._clock.callLater(self._SETTLING, self._uses.start)

    async def _build(self) -> None:
        """Build what the first start of a project would have to wait for."""
        for template in (DEFAULT, JUPYTER):
            await self._ahead(
                template, partial(self._environments.ready, template, _unheard)
            )
        if self._python is not None:
            await self._ahead(APPS, self._python)

    async def _ahead(self, name: str, work: Callable[[], Awaitable[object]]) -> None:
        try:
            await work()
        except AenError as error:
            self._log.warn(
                "the template “{name}” is not there: {why}",
                name=name,
                why=error.message,
            )

    @override
    def stopService(self) -> Deferred[None]:
        super().stopService()
        return Deferred.fromCoroutine(self._stop())

    async def _stop(self) -> None:
        await self._checks.stop()
        await self._logs.stop()
        if self._settling is not None and self._settling.active():
            self._settling.cancel()
        await self._uses.stop()
        await self._culling.stop()
        if self._templates is not None:
            self._templates.cancel()
            await self._templates
        await self._environments.stop()


def _unheard(_: object) -> None:
    """Take a report that nobody watches."""
