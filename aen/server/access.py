"""Who is there: signing in and out, sessions, and what ends them."""

import hashlib
import hmac
import secrets

from attrs import frozen
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from aen.model.errors import Forbidden, NotFound, Unauthenticated
from aen.model.users import Caller, User
from aen.server import profile
from aen.server.events import GATEWAYS, Events, user_topic
from aen.server.passwords import Passwords
from aen.server.records import SessionInfo
from aen.server.settings import ServerSettings
from aen.server.slow_down import SlowDown
from aen.server.store.archive import Archive
from aen.server.store.sessions import Session

TOUCH_SECONDS = 60.0
"""Uses of a session or a token are noted at most so often."""
DAY = 86_400.0
_WRONG = "The user name or the password is wrong."


def digest(secret: str) -> str:
    """Return the SHA-256 (hex) under which the store knows *secret*."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def demand_whole(caller: Caller) -> None:
    """Refuse tokens with scopes: they never reach the account itself."""
    if caller.scopes is not None or caller.project is not None:
        raise Forbidden("This token may not do that.")


@frozen
class Visitor:
    """Who comes with a session's cookie, and whether to set the cookie anew."""

    caller: Caller
    cookie_due: bool


class Access:
    """The part of `Accounts` that says who somebody is."""

    def __init__(
        self,
        archive: Archive,
        passwords: Passwords,
        events: Events,
        settings: ServerSettings,
        clock: IReactorTime,
        csrf_secret: bytes,
    ) -> None:
        self._archive = archive
        self._users = archive.users
        self._passwords = passwords
        self._events = events
        self._settings = settings
        self._clock = clock
        self._csrf_secret = csrf_secret
        self._slow = SlowDown(archive.attempts, settings, clock)
        self._log = Logger()

    # -- signing in

    async def sign_in(
        self, name: str, password: str, address: str, agent: str
    ) -> tuple[str, Caller]:
        """Return a new session's token, for the cookie, and its caller.

        :raises Unauthenticated: name or password are wrong; never says which.
        :raises TooMany: too many wrong attempts for this account or address.
        """
        user = await self.check_credentials(name, password, address)
        now = self._clock.seconds()
        await self._users.change(user.id, {"last_sign_in": now})
        token = secrets.token_urlsafe(32)
        session = Session(
            id=secrets.token_urlsafe(16),
            user=user.id,
            created=now,
            last_seen=now,
            expires=now + self._settings.session_days * DAY,
            agent=profile.cleaned(agent, 200),
            address=profile.cleaned(address, 64),
            cookie_set=now,
        )
        await self._archive.sessions.add(session, digest(token))
        return token, Caller(user, session=session.id)

    async def check_credentials(self, name: str, password: str, address: str) -> User:
        """Return whose name and password these are, slowed down as `sign_in` is.

        :raises Unauthenticated: name or password are wrong; never says which.
        :raises TooMany: too many wrong attempts for this account or address.
        """
        name = profile.cleaned(name.strip().lower(), 64)
        address = profile.cleaned(address, 64)
        await self._slow.enter(name, address)
        found = await self._users.hash_of(name)
        known = found[1] if found is not None else None
        right = await self._passwords.verify(known, password)
        if found is None or not right or found[0].disabled:
            # What is no name of ours may be a password, typed a field too early.
            who = "unknown name" if found is None else name
            self._log.info("sign-in refused: {who} {address}", who=who, address=address)
            raise Unauthenticated(_WRONG)
        await self._slow.succeeded(name, address)
        user, old = found
        if self._passwords.outdated(old):
            await self._users.rehash(user.id, old, await self._passwords.hash(password))
        return user

    async def sign_out(self, caller: Caller) -> None:
        """End the session the caller came with."""
        if caller.session is not None:
            await self._end_session(caller.user, caller.session, "You have signed out.")

    async def caller_of_session(self, token: str) -> Caller | None:
        """Return who holds the session cookie *token*; None when it has ended."""
        now = self._clock.seconds()
        session = await self._archive.sessions.hashed(digest(token), now)
        return None if session is None else await self._caller(session, now)

    async def visitor(self, token: str) -> Visitor | None:
        """Return what `caller_of_session` does, and whether its cookie is to be set.

        It is, a day after it was: so it lasts as long as a session that is used.
        """
        now = self._clock.seconds()
        session = await self._archive.sessions.hashed(digest(token), now)
        caller = None if session is None else await self._caller(session, now)
        if session is None or caller is None:
            return None
        return Visitor(caller, cookie_due=session.cookie_set <= now - DAY)

    async def cookie_was_set(self, caller: Caller) -> None:
        """Note that the browser was told again to keep its session's cookie."""
        if caller.session is not None:
            now = self._clock.seconds()
            await self._archive.sessions.note_cookie(caller.session, now)

    async def caller_of_session_id(self, key: str) -> Caller | None:
        """Return who holds the session with the public id *key*; for gateways."""
        now = self._clock.seconds()
        session = await self._archive.sessions.with_id(key, now)
        return None if session is None else await self._caller(session, now)

    async def session_ends(self, key: str) -> float | None:
        """Return when the session with that public id expires, if it is alive."""
        session = await self._archive.sessions.with_id(key, self._clock.seconds())
        return None if session is None else session.expires

    async def _caller(self, session: Session, now: float) -> Caller | None:
        user = await self._users.with_id(session.user)
        if user is None or user.disabled:
            return None
        if session.last_seen < now - TOUCH_SECONDS:
            expires = now + self._settings.session_days * DAY
            await self._archive.sessions.touch(session.id, now, expires, TOUCH_SECONDS)
        return Caller(user, session=session.id)

    def csrf(self, session_token: str) -> str:
        """Return the anti-forgery token that belongs to a session."""
        mac = hmac.digest(self._csrf_secret, session_token.encode(), "sha256")
        return mac.hex()

    # -- sessions

    async def sessions(self, caller: Caller) -> tuple[SessionInfo, ...]:
        """Return the caller's sessions, the one used last first."""
        demand_whole(caller)
        now = self._clock.seconds()
        found = await self._archive.sessions.of_user(caller.user.id, now)
        return tuple(_session_info(one, caller.session) for one in found)

    async def end_session(self, caller: Caller, key: str) -> None:
        """End one of the caller's sessions, or raise `NotFound`."""
        demand_whole(caller)
        if not await self._end_session(caller.user, key, "The session was ended."):
            raise NotFound("There is no such session.")

    async def end_other_sessions(self, caller: Caller) -> None:
        """End all of the caller's sessions but the one they ask with."""
        demand_whole(caller)
        now = self._clock.seconds()
        for one in await self._archive.sessions.of_user(caller.user.id, now):
            if one.id != caller.session:
                await self._end_session(caller.user, one.id, "The session was ended.")

    async def _end_session(self, user: User, key: str, reason: str) -> bool:
        ended = await self._archive.sessions.end(user.id, key)
        if ended:
            await self._drop(session=key, reason=reason)
            await self._events.publish(
                user_topic(user.id), "signed-out", {"session": key}
            )
        return ended

    async def _end_all(self, user: User, reason: str) -> None:
        await self._archive.sessions.end_all(user.id)
        await self._drop(user_id=user.id, reason=reason)
        await self._events.publish(user_topic(user.id), "signed-out", {"session": ""})

    async def _drop(self, *, user_id: str = "", session: str = "", reason: str) -> None:
        data: dict[str, object] = {
            "user_id": user_id,
            "session": session,
            "reason": reason,
        }
        await self._events.publish(GATEWAYS, "drop", data)


def _session_info(session: Session, current: str | None) -> SessionInfo:
    return SessionInfo(
        id=session.id,
        created=session.created,
        last_seen=session.last_seen,
        agent=session.agent,
        address=session.address,
        current=session.id == current,
    )
