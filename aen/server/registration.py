"""Making oneself an account: at once, or after one's mail address is confirmed."""

import secrets

from attrs import frozen
from twisted.internet.interfaces import IReactorTime

from aen.model.errors import Invalid, NotFound, TooMany
from aen.model.periods import HOUR
from aen.model.users import User
from aen.server import profile
from aen.server.access import digest
from aen.server.accounts import Accounts
from aen.server.mail.letters import LetterKind
from aen.server.mail.post import Mail
from aen.server.mail.quota import MailQuota
from aen.server.settings import ServerSettings
from aen.server.store.archive import Archive
from aen.server.store.signups import Signup, Signups


@frozen
class Registration:
    """Lets people in whose installation is open to them."""

    accounts: Accounts
    signups: Signups
    mail: Mail
    quota: MailQuota
    settings: ServerSettings
    clock: IReactorTime

    @classmethod
    def over(cls, archive: Archive, accounts: Accounts, mail: Mail) -> "Registration":
        """Return it over what is kept in *archive*."""
        settings, clock = mail.settings, mail.clock
        quota = MailQuota(archive.attempts, settings, clock)
        return cls(accounts, archive.signups, mail, quota, settings, clock)

    async def ask(
        self, name: str, password: str, email: str, address: str
    ) -> User | None:
        """Make an account, or write to *email* first; None: look into your mail.

        :raises Forbidden: accounts are made by administrators here.
        :raises Taken: there is one of that name.
        :raises TooMany: this was asked too often from *address*.
        """
        await self.accounts.demand_registration()
        if not await self.mail.on():
            return await self.accounts.register(name, password, email, address)
        email = profile.email(email)
        if not email:
            message = "Give the address we may write to, to see that it is yours."
            raise Invalid(message, fields={"email": message})
        hashed = await self.accounts.prepare(name, password)
        await self.quota.demand(address)
        if not await self.quota.allows(email):
            raise TooMany("Too many letters went to that address.", retry_after=HOUR)
        key = secrets.token_urlsafe(12)
        expires = self.clock.seconds() + self.settings.reset_hours * HOUR
        await self.signups.add(Signup(key, name, email, hashed, expires))
        await self.mail.post(LetterKind.CONFIRM, key)
        return None

    async def new_link(self, key: str) -> tuple[Signup, str] | None:
        """Return who waits to be confirmed, and a fresh link that does it."""
        secret = secrets.token_urlsafe(32)
        now = self.clock.seconds()
        found = await self.signups.link(key, digest(secret), now)
        if found is None:
            return None
        return found, f"{self.settings.public_url}/account/confirm/{secret}"

    async def confirm(self, secret: str, address: str) -> User:
        """Make the account a link belongs to; the link is used up.

        :raises NotFound: the link is wrong, used or expired.
        :raises Taken: somebody else has the name by now.
        """
        gone = NotFound("This link has been used or has expired; register again.")
        found = await self.signups.behind(digest(secret), self.clock.seconds())
        if found is None or not await self.signups.take(found.id):
            raise gone
        return await self.accounts.admit(
            found.name, found.password_hash, found.email, address
        )
