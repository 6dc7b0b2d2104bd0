"""A mail server in memory."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage

from attrs import define, field

from aen.model.mail import Smtp
from aen.model.users import Caller
from aen.server.mail.message import Envelope
from aen.server.site_settings import SiteSettings
from aen.server.site_values import NewSmtp, SiteChanges

SMTP = NewSmtp(host="mail.example", port=587, sender="aen@example.org")


@define
class FakeMailer:
    """Keeps what it is given, or answers as a test says."""

    sent: list[tuple[str, EmailMessage]] = field(factory=list)
    errors: list[Exception] = field(factory=list)

    async def send(self, smtp: Smtp, to: Envelope, message: bytes) -> None:
        """Fail with the next error, else keep the message."""
        if self.errors:
            raise self.errors.pop(0)
        made = message_from_bytes(message, EmailMessage, policy=policy.default)
        self.sent.append((to.to, made))

    @property
    def texts(self) -> list[str]:
        """What the letters say, as plain text."""
        found = [one.get_body(("plain",)) for _, one in self.sent]
        return [str(one.get_content()) for one in found if one is not None]

    @property
    def subjects(self) -> list[tuple[str, str]]:
        """Who got which letter."""
        return [(to, str(one["Subject"])) for to, one in self.sent]

    @property
    def links(self) -> list[str]:
        """The paths of the links with secrets, in the order in which they were sent."""
        pattern = re.compile(
            r"^http://aen\.example(/account/\w+/[\w-]{40,})$", re.MULTILINE
        )
        return pattern.findall("\n".join(self.texts))


async def switch_on(site: SiteSettings, by: Caller) -> None:
    """Have mail sent."""
    await site.change(by, SiteChanges(smtp=SMTP))
