"""New passwords: chosen by who knows the old one, or by who holds a link."""

import secrets

from aen.model.administration import Area, demand_above, demand_area
from aen.model.audit import Act
from aen.model.errors import Invalid, NotFound
from aen.model.periods import HOUR
from aen.model.permissions import demand_whole
from aen.model.users import Caller, User
from aen.server.access import digest
from aen.server.api_tokens import ApiTokens
from aen.server.directories.sources import demand_own_password
from aen.server.mail.letters import LetterKind
from aen.server.passwords import check_password


class PasswordChanges(ApiTokens):
    """The part of `Accounts` that gives people new passwords."""

    async def change_password(self, caller: Caller, old: str, new: str) -> None:
        """Give the caller a new password and end their other sessions.

        :raises Invalid: *old* is not their password, or *new* is none one may have.
        :raises TooMany: too many wrong attempts at the old one.
        """
        demand_whole(caller)
        demand_own_password(caller.user, self._settings)
        check_password(new, self._settings.password_length)
        await self.demand_password(caller, old, "old")
        user, hashed = caller.user, await self._passwords.hash(new)
        await self._users.change(user.id, {"hash": hashed})
        await self._audit.note(Act.PASSWORD_CHANGED, caller, user=user.name)
        await self._tell(user, LetterKind.PASSWORD_CHANGED, caller.address)
        await self.end_other_sessions(caller)

    async def demand_password(self, caller: Caller, password: str, field: str) -> None:
        """Refuse what must not be done by somebody who only found a browser open.

        :raises Invalid: *password* is not the caller's; *field* names where it is.
        :raises TooMany: too many wrong attempts.
        """
        user = caller.user
        await self._slow.enter(user.name, "")
        answer = await self._door.check(user.name, password)
        theirs = answer.user is not None and answer.user.id == user.id
        if not (answer.let_in and theirs):
            self._refused(user, caller.address, why="wrong password, signed in")
            message = "The password is wrong."
            raise Invalid(message, fields={field: message})
        await self._slow.succeeded(user.name, "")

    async def make_reset(self, by: Caller | None, name: str) -> str:
        """Return the secret of a link under which *name* chooses a new password."""
        if by is not None:
            demand_area(by, Area.RESETS)
        user = await self.user(name)
        if by is not None:
            demand_above(by, user)
        secret = await self.new_reset(user)
        await self._audit.note(Act.RESET_LINK_MADE, by, user=user.name)
        return secret

    async def new_reset(self, user: User) -> str:
        """Return the secret of a fresh link for *user*; older ones end.

        :raises Forbidden: their password is not kept here.
        """
        demand_own_password(user, self._settings)
        secret = secrets.token_urlsafe(32)
        expires = self._clock.seconds() + self._settings.reset_hours * HOUR
        await self._archive.resets.add(digest(secret), user.id, expires)
        return secret

    async def reset_password(self, secret: str, new: str, address: str = "") -> User:
        """Give the account a link belongs to a new password; the link is used up.

        :raises NotFound: the link is wrong, used or expired.
        """
        gone = NotFound("This link has been used or has expired; ask for a new one.")
        now = self._clock.seconds()
        key = await self._archive.resets.user_of(digest(secret), now)
        known = None if key is None else await self._users.with_id(key)
        if key is None or known is None:
            raise gone
        demand_own_password(known, self._settings)
        check_password(new, self._settings.password_length)
        hashed = await self._passwords.hash(new)
        if not await self._archive.resets.use(digest(secret)):
            raise gone
        user = await self._users.change(key, {"hash": hashed})
        if user is None:
            raise gone
        act = Act.PASSWORD_RESET
        await self._audit.note(act, None, user=user.name, address=address)
        await self._tell(user, LetterKind.PASSWORD_CHANGED, address)
        await self._end_all(user, "Your password was changed.")
        return user
