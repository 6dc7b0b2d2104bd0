"""What a worker does with a letter: write it, send it, or say why it could not be."""

from attrs import frozen
from typing_extensions import override

from aen.model.counting import counted
from aen.model.errors import Failed, Invalid
from aen.model.periods import HOUR
from aen.model.tasks import Task
from aen.model.users import User
from aen.server.mail.letters import Letter, LetterKind, Sending
from aen.server.mail.post import Mail
from aen.server.mail.sending import Delayed
from aen.server.password_changes import PasswordChanges
from aen.server.registration import Registration
from aen.server.rooms import Rooms
from aen.server.store.archive import Archive
from aen.server.store.tasks import Holder
from aen.server.work.hands import Hand, TryAgain


@frozen
class MailWork(Hand):
    """Does the tasks of letters."""

    mail: Mail
    archive: Archive
    passwords: PasswordChanges
    registration: Registration

    @classmethod
    def of(cls, rooms: Rooms) -> "MailWork":
        """Return what sends the letters of *rooms*."""
        return cls(
            rooms.mail, rooms.archive, rooms.password_changes, rooms.registration
        )

    @override
    async def do(self, task: Task, holder: Holder) -> None:
        """Send the letter.

        A worker that dies just after the mail server took it has it sent once more,
        with the same mark: mail programs show one.

        :raises TryAgain: it was not taken now.
        :raises Failed: it is tried no more; it is kept a while, to be tried anew.
        """
        letter = await self.archive.letters.with_id(str(task.arguments["letter"]))
        if letter is None:
            return
        try:
            await self._send(letter)
        except Delayed as error:
            raise self._later(task, error.message) from None
        except Invalid as error:
            raise Failed(error.message) from None
        await self.archive.letters.remove(letter.id)

    async def _send(self, letter: Letter) -> None:
        smtp = await self.mail.site.smtp()
        if smtp is None:
            raise Delayed("Mail is off.")
        found = await self._written(letter)
        if found is not None:
            to, sending = found
            await self.mail.send(smtp, to, letter, sending)

    def _later(self, task: Task, why: str) -> TryAgain | Failed:
        pauses = self.mail.settings.mail_pauses
        if task.tries >= len(pauses):
            return Failed(f"Tried {counted(task.tries + 1, 'time')}. {why}")
        return TryAgain(why, after=pauses[task.tries])

    async def _written(self, letter: Letter) -> tuple[str, Sending] | None:
        """Return where it goes and what it needs; None: nobody needs it any more."""
        if letter.kind is LetterKind.CONFIRM:
            return await self._confirmation(letter)
        if letter.kind is LetterKind.CLOSED:
            return letter.address, await self.mail.sending("")
        user = await self.archive.users.with_id(letter.user)
        if user is None or user.disabled:
            return None
        to = letter.address or user.email
        if letter.kind is LetterKind.RESET:
            return await self._reset(letter, user)
        return (to, await self.mail.sending(user.title)) if to else None

    async def _reset(self, letter: Letter, user: User) -> tuple[str, Sending] | None:
        settings = self.mail.settings
        hours = settings.reset_hours
        late = self.mail.clock.seconds() > letter.created + hours * HOUR
        if late or not user.email:
            return None
        secret = await self.passwords.new_reset(user)
        link = f"{settings.public_url}/account/reset/{secret}"
        return user.email, await self.mail.sending(user.name, link, hours)

    async def _confirmation(self, letter: Letter) -> tuple[str, Sending] | None:
        found = await self.registration.new_link(letter.user)
        if found is None:
            return None
        signup, link = found
        hours = self.mail.settings.reset_hours
        return signup.email, await self.mail.sending(signup.name, link, hours)
