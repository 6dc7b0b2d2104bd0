"""A password that was forgotten: a link by mail, which tells strangers nothing."""

from attrs import field, frozen
from twisted.logger import Logger

from aen.model.audit import Act
from aen.model.errors import Conflict
from aen.model.users import LOCAL, User
from aen.runtime.tasks import spawn
from aen.server import profile
from aen.server.audit import Audit
from aen.server.mail.letters import LetterKind
from aen.server.mail.post import Mail
from aen.server.mail.quota import MailQuota
from aen.server.store.archive import Archive
from aen.server.store.users import Users


@frozen
class Recovery:
    """Has reset links mailed to people who have an account and an address."""

    users: Users
    mail: Mail
    quota: MailQuota
    audit: Audit
    log: Logger = field(factory=Logger)

    @classmethod
    def over(cls, archive: Archive, audit: Audit, mail: Mail) -> "Recovery":
        """Return it over what is kept in *archive*."""
        quota = MailQuota(archive.attempts, mail.settings, mail.clock)
        return cls(archive.users, mail, quota, audit)

    async def ask(self, who: str, address: str) -> None:
        """Have a link mailed to *who*: the name or the mail address of an account.

        Returns the same, after the same time, whether there is such an account.

        :raises Conflict: no mail is sent here.
        :raises TooMany: this was asked too often from *address*.
        """
        if not await self.mail.on():
            raise Conflict("This server sends no mail; ask an administrator.")
        await self.quota.demand(address)
        # Nobody waits for what takes longer where there is somebody.
        spawn(self.log, "mailing a reset link", self._remind(who, address))

    async def _remind(self, who: str, address: str) -> None:
        for user in await self._found(profile.cleaned(who.strip(), 254)):
            # Passwords that a directory keeps are changed there.
            if user.disabled or not user.email or user.source != LOCAL:
                continue
            if not await self.quota.allows(user.id):
                self.log.info("too many reset links for {name}", name=user.name)
                continue
            act = Act.RESET_ASKED
            await self.audit.note(act, None, user=user.name, address=address)
            facts = {"Asked from": address} if address else {}
            await self.mail.post(LetterKind.RESET, user.id, facts)

    async def _found(self, who: str) -> list[User]:
        if "@" in who:
            return await self.users.with_email(who)
        found = await self.users.named(who.lower())
        return [] if found is None else [found]
