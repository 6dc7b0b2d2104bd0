"""Who is there: signing in and out, sessions, and what ends them."""

import hashlib
import hmac
import secrets

from attrs import field, frozen
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from aen.model.audit import Act
from aen.model.errors import Invalid, NotFound, Unauthenticated, Unavailable
from aen.model.periods import DAY
from aen.model.permissions import demand_whole
from aen.model.users import Caller, Role, User
from aen.runtime.tasks import spawn
from aen.server import profile
from aen.server.audit import Audit
from aen.server.browsers import browser_name
from aen.server.directories.door import Door
from aen.server.events import GATEWAYS, Events, user_topic
from aen.server.familiar import Familiar
from aen.server.mail.letters import LetterKind, moment
from aen.server.mail.post import Mail
from aen.server.records import SessionInfo
from aen.server.settings import ServerSettings
from aen.server.site_settings import SiteSettings
from aen.server.slow_down import SlowDown
from aen.server.store.archive import Archive
from aen.server.store.sessions import Session

TOUCH_SECONDS = 60.0
"""Uses of a session or a token are noted at most so often."""
_WRONG = "The user name or the password is wrong."


def digest(secret: str) -> str:
    """Return the SHA-256 (hex) under which the store knows *secret*."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


@frozen
class Visitor:
    """Who comes with a session's cookie, and whether to set the cookie anew."""

    caller: Caller
    cookie_due: bool


@frozen
class Access:
    """Says who somebody is, and ends what they came with."""

    archive: Archive
    events: Events
    settings: ServerSettings
    clock: IReactorTime
    audit: Audit
    site: SiteSettings
    mail: Mail
    door: Door
    """Who asks the back end that keeps a password."""
    slow: SlowDown
    familiar: Familiar
    csrf_secret: bytes = field(repr=False)
    _log = Logger()

    async def user(self, name: str) -> User:
        """Return the account called *name*, or raise `NotFound`."""
        found = await self.archive.users.named(name)
        if found is None:
            raise NotFound("There is no such account.")
        return found

    # -- signing in

    async def sign_in(
        self, name: str, password: str, address: str, agent: str
    ) -> tuple[str, Caller]:
        """Return a new session's token, for the cookie, and its caller.

        :raises Unauthenticated: name or password are wrong; never says which.
        :raises TooMany: too many wrong attempts for this account or address.
        """
        user = await self.check_credentials(name, password, address, agent)
        work = (await self.site.values()).maintenance
        if work.on and user.role is not Role.SUPERUSER:
            raise Unavailable(work.reason)
        now = self.clock.seconds()
        await self.archive.users.change(user.id, {"last_sign_in": now})
        token = secrets.token_urlsafe(32)
        session = Session(
            id=secrets.token_urlsafe(16),
            user=user.id,
            created=now,
            last_seen=now,
            expires=now + self.settings.session_days * DAY,
            agent=profile.cleaned(agent, 200),
            address=profile.cleaned(address, 64),
            cookie_set=now,
        )
        await self.archive.sessions.add(session, digest(token))
        caller = Caller(user, session=session.id)
        await self._came(user, session)
        return token, caller

    async def _came(self, user: User, session: Session) -> None:
        """Note a sign-in, and tell its owner of one from a new place."""
        address, agent = session.address, session.agent
        new = await self.familiar.novelty(user.id, address, agent)
        facts = {"browser": agent, **({"new": new} if new else {})}
        name, act = user.name, Act.SIGNED_IN
        await self.audit.note(act, name, address=address, facts=facts)
        if new:
            await self.tell(user, LetterKind.NEW_SIGN_IN, address, agent)

    async def tell(
        self, user: User, kind: LetterKind, address: str, agent: str = "", **facts: str
    ) -> None:
        """Write to *user* of what happened now, if they want to be told."""
        told = {"When": moment(self.clock.seconds()), **facts}
        if address:
            told["From"] = address
        if agent:
            told["Browser"] = browser_name(agent)
        await self.mail.notice(kind, user, told)

    async def check_credentials(
        self, name: str, password: str, address: str, agent: str = ""
    ) -> User:
        """Return whose name and password these are, slowed down as `sign_in` is.

        :raises Unauthenticated: name or password are wrong; never says which.
        :raises TooMany: too many wrong attempts for this account or address.
        :raises Unavailable: the back end that keeps the password does not answer.
        """
        name = profile.cleaned(name.strip().lower(), 64)
        address = profile.cleaned(address, 64)
        await self.slow.enter(name, address)
        try:
            answer = await self.door.check(name, password)
        except Unavailable:
            await self.slow.unanswered(name, address)
            raise
        user = answer.user
        if user is None or not answer.let_in:
            # What is no name of ours may be a password, typed a field too early.
            who = "unknown name" if user is None else user.name
            self._log.info("sign-in refused: {who} {address}", who=who, address=address)
            if user is not None:
                self.refused(user, address, why=answer.why, browser=agent)
            raise Unauthenticated(answer.told or _WRONG)
        await self.slow.succeeded(name, address)
        return user

    def refused(self, user: User, address: str, **facts: str) -> None:
        """Note for *user* that somebody was refused in their name.

        Nobody waits for it: else an answer would take longer where the account
        exists, and tell strangers that it does.
        """
        act = Act.SIGN_IN_REFUSED
        noting = self.audit.note(
            act, None, user=user.name, address=address, facts=facts
        )
        spawn(self._log, "noting a refused sign-in", noting)

    async def demand_password(self, caller: Caller, password: str, field: str) -> None:
        """Refuse what must not be done by somebody who only found a browser open.

        :raises Invalid: *password* is not the caller's; *field* names where it is.
        :raises TooMany: too many wrong attempts.
        """
        user = caller.user
        await self.slow.enter(user.name, "")
        answer = await self.door.check(user.name, password)
        theirs = answer.user is not None and answer.user.id == user.id
        if not (answer.let_in and theirs):
            self.refused(user, caller.address, why="wrong password, signed in")
            message = "The password is wrong."
            raise Invalid(message, fields={field: message})
        await self.slow.succeeded(user.name, "")

    async def sign_out(self, caller: Caller) -> None:
        """End the session the caller came with."""
        if caller.session is None:
            return
        if await self._end_session(caller.user, caller.session, "You have signed out."):
            await self.audit.note(Act.SIGNED_OUT, caller)

    async def caller_of_session(self, token: str) -> Caller | None:
        """Return who holds the session cookie *token*; None when it has ended."""
        now = self.clock.seconds()
        session = await self.archive.sessions.hashed(digest(token), now)
        return None if session is None else await self._caller(session, now)

    async def visitor(self, token: str) -> Visitor | None:
        """Return what `caller_of_session` does, and whether its cookie is to be set.

        It is, a day after it was: so it lasts as long as a session that is used.
        """
        now = self.clock.seconds()
        session = await self.archive.sessions.hashed(digest(token), now)
        caller = None if session is None else await self._caller(session, now)
        if session is None or caller is None:
            return None
        return Visitor(caller, cookie_due=session.cookie_set <= now - DAY)

    async def cookie_was_set(self, caller: Caller) -> None:
        """Note that the browser was told again to keep its session's cookie."""
        if caller.session is not None:
            now = self.clock.seconds()
            await self.archive.sessions.note_cookie(caller.session, now)

    async def caller_of_session_id(self, key: str) -> Caller | None:
        """Return who holds the session with the public id *key*; for gateways."""
        now = self.clock.seconds()
        session = await self.archive.sessions.with_id(key, now)
        return None if session is None else await self._caller(session, now)

    async def session_ends(self, key: str) -> float | None:
        """Return when the session with that public id expires, if it is alive."""
        session = await self.archive.sessions.with_id(key, self.clock.seconds())
        return None if session is None else session.expires

    async def _caller(self, session: Session, now: float) -> Caller | None:
        user = await self.archive.users.with_id(session.user)
        if user is None or user.disabled:
            return None
        if session.last_seen < now - TOUCH_SECONDS:
            expires = now + self.settings.session_days * DAY
            await self.archive.sessions.touch(session.id, now, expires, TOUCH_SECONDS)
        return Caller(user, session=session.id)

    def csrf(self, session_token: str) -> str:
        """Return the anti-forgery token that belongs to a session."""
        mac = hmac.digest(self.csrf_secret, session_token.encode(), "sha256")
        return mac.hex()

    # -- sessions

    async def sessions(self, caller: Caller) -> tuple[SessionInfo, ...]:
        """Return the caller's sessions, the one used last first."""
        demand_whole(caller)
        now = self.clock.seconds()
        found = await self.archive.sessions.of_user(caller.user.id, now)
        return tuple(session_info(one, caller.session) for one in found)

    async def end_session(self, caller: Caller, key: str) -> None:
        """End one of the caller's sessions, or raise `NotFound`."""
        demand_whole(caller)
        user, now = caller.user, self.clock.seconds()
        found = await self.archive.sessions.with_id(key, now)
        if not await self._end_session(user, key, "The session was ended."):
            raise NotFound("There is no such session.")
        about = {"browser": found.agent, "at": found.address} if found else {}
        await self.audit.note(Act.SESSION_ENDED, caller, user=user.name, facts=about)

    async def end_other_sessions(self, caller: Caller) -> int:
        """End all of the caller's sessions but the one they ask with; return how many.

        With an API token that is every one.
        """
        demand_whole(caller)
        ended = 0
        while others := await self._others(caller):
            for one in others:
                ended += await self._end_session(
                    caller.user, one.id, "The session was ended."
                )
        if ended:
            act, count = Act.SESSION_ENDED, str(ended)
            await self.audit.note(act, caller, user=caller.user.name, sessions=count)
        return ended

    async def sign_out_everywhere(self, by: Caller, user: User) -> None:
        """End every session of somebody; who may do that is asked before."""
        await self.end_all(user, "An administrator has signed you out.")
        await self.audit.note(Act.SESSION_ENDED, by, user=user.name, sessions="all")

    async def _others(self, caller: Caller) -> list[Session]:
        now = self.clock.seconds()
        found = await self.archive.sessions.of_user(caller.user.id, now)
        return [one for one in found if one.id != caller.session]

    async def _end_session(self, user: User, key: str, reason: str) -> bool:
        ended = await self.archive.sessions.end(user.id, key)
        if ended:
            await self.drop(session=key, reason=reason)
            await self.events.publish(
                user_topic(user.id), "signed-out", {"session": key}
            )
        return ended

    async def end_all(self, user: User, reason: str) -> None:
        """End every session of *user*, whose browsers read *reason*."""
        await self.archive.sessions.end_all(user.id)
        await self.drop(user_id=user.id, reason=reason)
        await self.events.publish(user_topic(user.id), "signed-out", {"session": ""})

    async def drop(self, *, user_id: str = "", session: str = "", reason: str) -> None:
        """Have gateways forget what they know of a person, or of one session."""
        data: dict[str, object] = {
            "user_id": user_id,
            "session": session,
            "reason": reason,
        }
        await self.events.publish(GATEWAYS, "drop", data)


def session_info(session: Session, current: str | None) -> SessionInfo:
    """Return what people see of a session; *current*: the id of the one that asks."""
    return SessionInfo(
        id=session.id,
        created=session.created,
        last_seen=session.last_seen,
        agent=session.agent,
        address=session.address,
        current=session.id == current,
    )
