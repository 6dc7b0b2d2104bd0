"""Grants: who may do what in which project, asked once and remembered.

A grant is looked up in a dictionary on every request; only a miss asks the server,
once however many requests wait for it. News from the server drops what no longer
holds. While the server does not answer, what is known holds for a grace period.
"""

import math
from collections import OrderedDict
from collections.abc import Callable

from attrs import define, field, frozen
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from aen.gateway.passes import credential_key
from aen.model.errors import AenError, Unavailable
from aen.model.names import ProjectPath
from aen.runtime.tasks import spawn
from aen.wire.messages import Credential, Drop, Grant, GrantQuestion

AskServer = Callable[[GrantQuestion], Deferred[Grant]]
Key = tuple[str, str]
"""A credential's key and a project's path."""
_NEVER = -math.inf
REFUSAL_SECONDS = 3.0
"""A refusal is remembered shortly: it spares the server a stubborn script."""


@frozen
class Limits:
    """Seconds a grant is good for, seconds of grace, grants kept."""

    fresh: float
    grace: float
    kept: int


@define
class Known:
    """An answer of the server's; *asked* in seconds, minus infinity once it is over.

    Whoever keeps one asks `Grants.holds` each time: news may have ended it.
    """

    question: GrantQuestion
    answer: Grant | AenError
    asked: float
    ends: float = math.inf
    """When it is over whoever may be asked, in seconds since the epoch."""


@define
class _Asking:
    """A question under way: who waits for the answer, and the news meanwhile."""

    waiters: list[Deferred[Grant]] = field(factory=list)
    news: list[Drop] = field(factory=list)
    doubted: bool = False

    def overtaken(self, answer: Known) -> bool:
        """Whether *answer* may be older than the news; forgets the news."""
        news, doubted = self.news, self.doubted
        self.news, self.doubted = [], False
        return doubted or any(_concerns(one, answer) for one in news)


def grant_tag(credential: Credential, path: ProjectPath) -> str:
    """Return the tag of connections that live by one grant."""
    return f"{credential_key(credential)} {path}"


@define
class Grants:
    """The grants this gateway knows."""

    _ask: AskServer
    _clock: IReactorTime
    _limits: Limits
    _entries: OrderedDict[str, Known] = field(factory=OrderedDict, init=False)
    _asking: dict[str, _Asking] = field(factory=dict, init=False)
    _log: Logger = field(factory=Logger, init=False)

    def known(
        self, credential: Credential, path: ProjectPath
    ) -> Grant | AenError | None:
        """Return what is known and fresh, at once; None: ask with `find`."""
        entry = self.entry(credential, path)
        return entry.answer if entry is not None else None

    def entry(self, credential: Credential, path: ProjectPath) -> Known | None:
        """Return what is known and fresh as something that can be kept."""
        entry = self._entries.get(grant_tag(credential, path))
        if entry is None or not self.holds(entry, self._clock.seconds()):
            return None
        return entry

    def holds(self, entry: Known, now: float) -> bool:
        """Return whether *entry* is still what the server says, at *now* in seconds."""
        refused = isinstance(entry.answer, AenError)
        kept = REFUSAL_SECONDS if refused else self._limits.fresh
        return now - entry.asked < kept and now < entry.ends

    def find(self, credential: Credential, path: ProjectPath) -> Deferred[Grant]:
        """Return the grant; fails with the refusal, or `Unavailable`."""
        question = GrantQuestion(credential, path.owner, path.name)
        tag = grant_tag(credential, path)
        waiter: Deferred[Grant] = Deferred()
        asking = self._asking.setdefault(tag, _Asking())
        asking.waiters.append(waiter)
        if len(asking.waiters) == 1:
            spawn(self._log, "asking for a grant", self._fetch(tag, question))
        return waiter

    async def _fetch(self, tag: str, question: GrantQuestion) -> None:
        answer: Grant | AenError
        try:
            answer = await self._answer(tag, question)
        except BaseException as error:
            self._tell(tag, Unavailable(f"The grant cannot be asked for: {error}"))
            raise
        if not isinstance(answer, Unavailable):
            self._keep(tag, question, answer)
        self._tell(tag, answer)

    async def _answer(self, tag: str, question: GrantQuestion) -> Grant | AenError:
        """Return what the server says; what news have overtaken is asked again."""
        while True:
            answer: Grant | AenError
            try:
                answer = await self._ask(question)
            except Unavailable as error:
                return self._in_grace(tag, error)
            except AenError as error:
                answer = error
            known = Known(question, answer, self._clock.seconds())
            if not self._asking[tag].overtaken(known):
                return answer

    def _in_grace(self, tag: str, error: Unavailable) -> Grant | AenError:
        """Return the stale grant while the server does not answer."""
        entry = self._entries.get(tag)
        if entry is None:
            return error
        now = self._clock.seconds()
        over = now - entry.asked > self._limits.grace or now >= entry.ends
        if isinstance(entry.answer, AenError) or over:
            return error
        return entry.answer

    def _keep(
        self, tag: str, question: GrantQuestion, answer: Grant | AenError
    ) -> None:
        known = self._entries.get(tag)
        if known is not None and known.answer is answer:
            return  # a stale grant in its grace keeps its age
        if known is not None:
            known.asked = _NEVER
        ends = math.inf
        if isinstance(answer, Grant) and answer.until is not None:
            ends = answer.until
        self._entries[tag] = Known(question, answer, self._clock.seconds(), ends)
        self._entries.move_to_end(tag)
        while len(self._entries) > self._limits.kept:
            self._entries.popitem(last=False)[1].asked = _NEVER

    def _tell(self, tag: str, answer: Grant | AenError) -> None:
        for waiter in self._asking.pop(tag).waiters:
            if isinstance(answer, AenError):
                waiter.errback(answer)
            else:
                waiter.callback(answer)

    def drop(self, news: Drop) -> list[GrantQuestion]:
        """Forget the grants *news* is about; return what they answered."""
        for asking in self._asking.values():
            asking.news.append(news)
        gone = [tag for tag, entry in self._entries.items() if _concerns(news, entry)]
        entries = [self._entries.pop(tag) for tag in gone]
        for entry in entries:
            entry.asked = _NEVER
        return [entry.question for entry in entries]

    def doubt_all(self) -> list[GrantQuestion]:
        """Keep every grant only for a grace; return what they answered.

        News may have been missed while the channel was closed.
        """
        past = self._clock.seconds() - self._limits.fresh
        for asking in self._asking.values():
            asking.doubted = True
        for entry in self._entries.values():
            entry.asked = min(entry.asked, past)
        return [entry.question for entry in self._entries.values()]


def _concerns(news: Drop, entry: Known) -> bool:
    session = entry.question.credential.session
    if news.session and session == news.session:
        return True
    if isinstance(entry.answer, AenError):
        # A refusal names neither project nor person: it is cheap to ask again.
        return not news.session
    return bool(
        (news.project_id and entry.answer.project_id == news.project_id)
        or (news.user_id and entry.answer.user_id == news.user_id)
    )
