"""New passwords: chosen by who knows the old one, or by who holds a link."""

import secrets

from attrs import frozen
from twisted.internet.interfaces import IReactorTime

from aen.model.administration import Area, demand_above, demand_area
from aen.model.audit import Act
from aen.model.errors import NotFound
from aen.model.periods import HOUR
from aen.model.permissions import demand_whole
from aen.model.users import Caller, User
from aen.server.access import Access, digest
from aen.server.audit import Audit
from aen.server.directories.sources import demand_own_password
from aen.server.mail.letters import LetterKind
from aen.server.passwords import Passwords, check_password
from aen.server.settings import ServerSettings
from aen.server.store.archive import Archive


@frozen
class PasswordChanges:
    """Gives people new passwords."""

    archive: Archive
    passwords: Passwords
    settings: ServerSettings
    clock: IReactorTime
    audit: Audit
    access: Access

    async def change_password(self, caller: Caller, old: str, new: str) -> None:
        """Give the caller a new password and end their other sessions.

        :raises Invalid: *old* is not their password, or *new* is none one may have.
        :raises TooMany: too many wrong attempts at the old one.
        """
        demand_whole(caller)
        demand_own_password(caller.user, self.settings)
        check_password(new, self.settings.password_length)
        await self.access.demand_password(caller, old, "old")
        user, hashed = caller.user, await self.passwords.hash(new)
        await self.archive.users.change(user.id, {"hash": hashed})
        await self.audit.note(Act.PASSWORD_CHANGED, caller, user=user.name)
        await self.access.tell(user, LetterKind.PASSWORD_CHANGED, caller.address)
        await self.access.end_other_sessions(caller)

    async def make_reset(self, by: Caller | None, name: str) -> str:
        """Return the secret of a link under which *name* chooses a new password."""
        if by is not None:
            demand_area(by, Area.RESETS)
        user = await self.access.user(name)
        if by is not None:
            demand_above(by, user)
        secret = await self.new_reset(user)
        await self.audit.note(Act.RESET_LINK_MADE, by, user=user.name)
        return secret

    async def new_reset(self, user: User) -> str:
        """Return the secret of a fresh link for *user*; older ones end.

        :raises Forbidden: their password is not kept here.
        """
        demand_own_password(user, self.settings)
        secret = secrets.token_urlsafe(32)
        expires = self.clock.seconds() + self.settings.reset_hours * HOUR
        await self.archive.resets.add(digest(secret), user.id, expires)
        return secret

    async def reset_password(self, secret: str, new: str, address: str = "") -> User:
        """Give the account a link belongs to a new password; the link is used up.

        :raises NotFound: the link is wrong, used or expired.
        """
        gone = NotFound("This link has been used or has expired; ask for a new one.")
        now = self.clock.seconds()
        key = await self.archive.resets.user_of(digest(secret), now)
        known = None if key is None else await self.archive.users.with_id(key)
        if key is None or known is None:
            raise gone
        demand_own_password(known, self.settings)
        check_password(new, self.settings.password_length)
        hashed = await self.passwords.hash(new)
        if not await self.archive.resets.use(digest(secret)):
            raise gone
        user = await self.archive.users.change(key, {"hash": hashed})
        if user is None:
            raise gone
        act = Act.PASSWORD_RESET
        await self.audit.note(act, None, user=user.name, address=address)
        await self.access.tell(user, LetterKind.PASSWORD_CHANGED, address)
        await self.access.end_all(user, "Your password was changed.")
        return user
