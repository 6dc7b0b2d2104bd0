"""Writing to people: letters are put into the queue here, and sent by a worker."""

import secrets
from collections.abc import Mapping
from urllib.parse import urlsplit

from attrs import frozen
from twisted.internet.interfaces import IReactorTime

from aen.model.administration import Area, demand_area
from aen.model.errors import Conflict, Failed
from aen.model.mail import Smtp
from aen.model.tasks import Kind
from aen.model.users import Caller, User
from aen.server.mail.letters import Letter, LetterKind, Sending, words_of
from aen.server.mail.message import envelope, message
from aen.server.mail.sending import Delayed, Mailer
from aen.server.settings import ServerSettings
from aen.server.site_settings import SiteSettings
from aen.server.store.letters import Letters
from aen.server.tasks import Tasks


@frozen
class Mail:
    """Puts letters into the queue, while mail is on."""

    letters: Letters
    tasks: Tasks
    site: SiteSettings
    mailer: Mailer
    settings: ServerSettings
    clock: IReactorTime

    async def on(self) -> bool:
        """Whether there is a mail server to give letters to."""
        return await self.site.smtp() is not None

    async def post(
        self,
        kind: LetterKind,
        user: str,
        facts: Mapping[str, str] | None = None,
        address: str = "",
    ) -> bool:
        """Have a letter written to the account with the id *user*.

        :param address: where it goes, unless to where the account has its mail.
        :return: whether mail is on; if not, nothing is kept.
        """
        if not await self.on():
            return False
        letter = Letter(
            id=secrets.token_urlsafe(12),
            kind=kind,
            created=self.clock.seconds(),
            user=user,
            address=address,
            facts=dict(facts or {}),
        )
        await self.letters.add(letter)
        # The task says nothing of the letter: administrators see tasks.
        key, arguments = f"mail:{letter.id}", {"letter": letter.id}
        await self.tasks.add(Kind.SEND_MAIL, key, arguments, "")
        return True

    async def notice(
        self, kind: LetterKind, user: User, facts: Mapping[str, str]
    ) -> None:
        """Tell somebody what happened to their account, if they want to be told."""
        if user.notices and user.email:
            await self.post(kind, user.id, facts)

    async def send(self, smtp: Smtp, to: str, letter: Letter, sending: Sending) -> None:
        """Give *letter* to the mail server now.

        :raises Delayed: it was not taken now.
        :raises Refused: it will never be.
        :raises Invalid: *to* is no address that a mail server takes.
        """
        words = words_of(letter, sending)
        now, mark = self.clock.seconds(), letter.id
        content = message(words, sending, smtp.sender, to, now, mark)
        await self.mailer.send(smtp, envelope(smtp.sender, to), content)

    async def sending(self, name: str, link: str = "", hours: float = 0.0) -> Sending:
        """Return what a letter to whoever is called *name* needs to be written."""
        site = (await self.site.values()).site_name
        return Sending(site, self.settings.public_url, name, link, hours)

    async def try_out(self, caller: Caller, to: str) -> None:
        """Send one letter at once; for staff, to see whether mail works.

        :raises Conflict: mail is off.
        :raises Failed: it was not taken; the sentence says why.
        """
        demand_area(caller, Area.NOTIFICATION)
        smtp = await self.site.smtp()
        if smtp is None:
            raise Conflict("Mail is off: say first which mail server to use.")
        mark, now = secrets.token_urlsafe(12), self.clock.seconds()
        letter = Letter(mark, LetterKind.TEST, now)
        sending = await self.sending(caller.user.title)
        try:
            await self.send(smtp, to, letter, sending)
        except Delayed as error:
            raise Failed(error.message) from None


def own_name(settings: ServerSettings) -> str:
    """Return what we call ourselves to mail servers (RFC 5321 section 4.1.1.1)."""
    host = urlsplit(settings.public_url).hostname or "localhost"
    return f"[{host}]" if host.replace(".", "").isdigit() else host
