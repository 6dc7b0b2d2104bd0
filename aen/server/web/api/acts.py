"""One's own log of acts."""

from attrs import frozen

from aen.model.audit import Entry
from aen.model.rights import PERSON
from aen.server.records import Page
from aen.server.rooms import Rooms
from aen.server.web.api.operation import Call, Operation, operation
from aen.server.web.api.values import stamp


@frozen
class EntryObject:
    """One act: who did it, to which account or project, when and from where."""

    id: str
    at: str
    act: str
    by: str
    """Empty: the platform, its operator, or somebody who had not signed in."""
    user: str
    project: str
    """As `owner/name`, as it was then."""
    address: str
    details: dict[str, str]
    stands_out: bool
    """Whether whoever reads it should make sure that it was meant."""


def entry_object(entry: Entry, reader: str) -> EntryObject:
    """Return an act as the API shows it to the account called *reader*."""
    return EntryObject(
        id=entry.id,
        at=stamp(entry.at),
        act=entry.act.value,
        by=entry.by,
        user=entry.user,
        project=entry.path,
        address=entry.address,
        details=dict(entry.details),
        stands_out=entry.stands_out(reader),
    )


@frozen
class Acts:
    """``/me/log``."""

    rooms: Rooms

    @operation(
        Operation(
            "GET", "/me/log", "What was done by you and to your account", EntryObject,
            query=("about",), pages=True,
            right=PERSON,
        )
    )  # fmt: skip
    async def own(self, call: Call) -> Page[EntryObject]:
        """List acts, the newest first; `about` is account, projects or platform."""
        query, caller = call.query, call.person
        page = await self.rooms.audit.own(
            caller, query.cursor, query.limit, query["about"]
        )
        name = caller.user.name
        return Page(tuple(entry_object(one, name) for one in page.items), page.next)
