"""For those who look after the server: how it is, a test of mail, taking back."""

from attrs import frozen

from aen.model.administration import Area, area
from aen.server.rooms import Rooms
from aen.server.web.api.operation import Call, Operation, operation
from aen.server.web.api.site import SettingsObject, settings_object


@frozen
class FindingObject:
    """One thing looked at, in a sentence."""

    good: bool
    text: str


@frozen
class SystemObject:
    """How the server is: what is wrong first; versions by name."""

    findings: tuple[FindingObject, ...]
    versions: dict[str, str]


@frozen
class MailTestBody:
    """Where a letter goes, to see whether mail works."""

    to: str


@frozen
class OperatingCalls:
    """``/system``, ``/settings/undo`` and ``/settings/mail-test``."""

    rooms: Rooms

    @operation(
        Operation(
            "GET", "/system", "How the server is", SystemObject, right=area(Area.SYSTEM)
        )
    )
    async def system(self, call: Call) -> SystemObject:
        """Look at store, accounts, mail, tasks and nodes now."""
        found = await self.rooms.admin.system.look(call.person)
        return SystemObject(
            tuple(FindingObject(one.good, one.text) for one in found.findings),
            dict(found.versions),
        )

    @operation(
        Operation(
            "POST", "/settings/undo", "Take back the last change of settings",
            SettingsObject, right=area(Area.SETTINGS),
        )
    )  # fmt: skip
    async def undo(self, call: Call) -> SettingsObject:
        """Take back the last change; done once more, it is made again."""
        return settings_object(await self.rooms.site.undo(call.person))

    @operation(
        Operation(
            "POST", "/settings/mail-test", "Send a letter, to see whether mail works",
            body=MailTestBody, right=area(Area.NOTIFICATION),
        )
    )  # fmt: skip
    async def try_mail(self, call: Call) -> None:
        """Send one letter at once; a refusal says what the mail server said."""
        body: MailTestBody = call.body
        await self.rooms.mail.try_out(call.person, body.to)
