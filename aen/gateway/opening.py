"""Opening an app: from “somebody wants it” to “here it listens”.

The project is started if need be (the server decides and keeps the task), then the
app is launched on its node. However many requests want the same app, it is opened
once; each can watch the progress.
"""

import contextlib
from collections.abc import Callable
from typing import TypeVar

from attrs import AttrsInstance, define, field, frozen
from twisted.internet import defer
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from aen.gateway.nodes import node_place
from aen.model.errors import AenError, Failed, Unavailable
from aen.model.names import AppName
from aen.model.places import Node
from aen.model.projects import Progress, State
from aen.runtime.tasks import spawn
from aen.wire.client import Asks
from aen.wire.messages import (
    Credential,
    Grant,
    Launch,
    LaunchRequest,
    Opening,
    OpenQuestion,
    ProjectNews,
    ProjectOnDisk,
)
from aen.wire.routes import LAUNCH

AskToOpen = Callable[[OpenQuestion], Deferred[Opening]]
Watcher = Callable[[Progress], None]
T = TypeVar("T", bound=AttrsInstance)


@frozen
class Opened:
    """Where an app is: on which node, and its launch there."""

    node: Node
    launch: Launch


@frozen
class Limits:
    """Seconds: between looks when no news comes; for a whole opening; for a launch."""

    look: float = 2.0
    whole: float = 900.0
    launch: float = 300.0


@define
class _Attempt:
    project_id: str
    done: Deferred[Opened] = field(factory=Deferred)
    waiters: list[Deferred[Opened]] = field(factory=list)
    watchers: list[Watcher] = field(factory=list)
    news: Deferred[None] | None = None
    progress: Progress | None = None

    def tell(self, progress: Progress | None) -> None:
        if progress is not None and progress != self.progress:
            self.progress = progress
            for watcher in self.watchers:
                watcher(progress)


LaunchKey = tuple[str, str, str]
"""A project's id, an app, a user."""


@define
class Openings:
    """Opens apps and remembers where they are."""

    _ask: AskToOpen
    _client: Asks
    _clock: IReactorTime
    _limits: Limits = field(factory=Limits)
    _opened: dict[LaunchKey, Opened] = field(factory=dict, init=False)
    _attempts: dict[LaunchKey, _Attempt] = field(factory=dict, init=False)
    _log: Logger = field(factory=Logger, init=False)

    def known(self, grant: Grant, app: AppName) -> Opened | None:
        """Return where the caller's own instance of *app* is, if it is open."""
        return self._opened.get((grant.project_id, app, grant.user))

    def open(
        self, grant: Grant, credential: Credential, app: AppName
    ) -> Deferred[Opened]:
        """Return a Deferred for the app; fails with the reason in plain words."""
        key = (grant.project_id, app, grant.user)
        attempt = self._attempts.get(key)
        waiter: Deferred[Opened] = Deferred()
        if attempt is not None:
            attempt.waiters.append(waiter)
            return waiter
        attempt = _Attempt(grant.project_id)
        attempt.waiters.append(waiter)
        self._attempts[key] = attempt
        question = OpenQuestion(credential, grant.owner, grant.project, app)
        spawn(self._log, "opening an app", self._attempt(key, attempt, grant, question))
        return waiter

    def watch(self, grant: Grant, app: AppName, watcher: Watcher) -> Callable[[], None]:
        """Call *watcher* with the progress of an opening; return how to stop that."""
        attempt = self._attempts.get((grant.project_id, app, grant.user))
        if attempt is None:
            return lambda: None
        attempt.watchers.append(watcher)
        if attempt.progress is not None:
            watcher(attempt.progress)
        return lambda: attempt.watchers.remove(watcher)

    async def _attempt(
        self, key: LaunchKey, attempt: _Attempt, grant: Grant, question: OpenQuestion
    ) -> None:
        outcome: Opened | AenError
        try:
            outcome = await self._until_open(attempt, grant, question)
        except AenError as error:
            outcome = error
        except BaseException:
            self._finish(key, attempt, Unavailable("Opening the app broke off."))
            raise
        self._finish(key, attempt, outcome)

    def _finish(
        self, key: LaunchKey, attempt: _Attempt, outcome: Opened | AenError
    ) -> None:
        del self._attempts[key]
        if isinstance(outcome, Opened):
            self._opened[key] = outcome
        for waiter in attempt.waiters:
            if isinstance(outcome, AenError):
                waiter.errback(outcome)
            else:
                waiter.callback(outcome)

    async def _until_open(
        self, attempt: _Attempt, grant: Grant, question: OpenQuestion
    ) -> Opened:
        deadline = self._clock.seconds() + self._limits.whole
        while self._clock.seconds() < deadline:
            found = await self._ask(question)
            if found.state is State.RUNNING and found.node is not None:
                attempt.tell(Progress(f"Starting {question.app}"))
                return await self._launch(grant, question, found, found.node)
            if found.state is State.FAILED and found.problem is not None:
                raise Failed(found.problem.message, log=found.problem.log)
            attempt.tell(found.progress or Progress("Starting the project"))
            await self._news(attempt)
        raise Unavailable(f"{grant.owner}/{grant.project} has not started in time.")

    async def _launch(
        self, grant: Grant, question: OpenQuestion, found: Opening, node: Node
    ) -> Opened:
        request = LaunchRequest(
            project=ProjectOnDisk(grant.project_id, grant.owner, grant.project),
            app=question.app,
            user=grant.user,
            token=found.app_token,
            visitor=question.credential == Credential(),
        )
        launch = await self._client.ask(
            node_place(node), LAUNCH, request, Launch, self._limits.launch
        )
        return Opened(node, launch)

    async def _news(self, attempt: _Attempt) -> None:
        """Wait until the project changes, or for a while: news may be lost."""
        news: Deferred[None] = Deferred()
        attempt.news = news
        with contextlib.suppress(defer.TimeoutError):
            await news.addTimeout(self._limits.look, self._clock)
        attempt.news = None

    def project_news(self, news: ProjectNews) -> None:
        """Take note that a project changed its state or came a step further."""
        for attempt in self._attempts.values():
            if attempt.project_id == news.id:
                attempt.tell(news.progress)
                settled = news.state in (State.RUNNING, State.FAILED, State.STOPPED)
                if settled and attempt.news is not None and not attempt.news.called:
                    attempt.news.callback(None)
        if news.state is not State.RUNNING:
            self._forget(lambda key, _: key[0] == news.id)

    def launch_news(self, launch: Launch) -> None:
        """Take note that an app started or ended."""
        if launch.state == "stopped":
            self._forget(lambda _, opened: opened.launch.id == launch.id)

    def forget(self, launch_id: str) -> None:
        """Forget an app that did not answer."""
        self._forget(lambda _, opened: opened.launch.id == launch_id)

    def _forget(self, which: Callable[[LaunchKey, Opened], bool]) -> None:
        for key in [key for key, one in self._opened.items() if which(key, one)]:
            del self._opened[key]
