"""For staff: errors of our own, and that they have been read."""

from attrs import frozen

from aen.model.administration import Area, area
from aen.model.faults import Fault
from aen.server.records import Page
from aen.server.rooms import Rooms
from aen.server.web.api.operation import Call, Operation, operation
from aen.server.web.api.values import stamp

_RIGHT = area(Area.EXCEPTIONS)


@frozen
class FrameObject:
    """One step of a traceback: where in the code, no values."""

    file: str
    line: int
    function: str


@frozen
class ExceptionObject:
    """All errors that happened in the same place in the same way."""

    id: str
    kind: str
    """The name of the exception's class."""
    message: str
    doing: str
    """What was being done."""
    frames: tuple[FrameObject, ...]
    process: str
    count: int
    first: str
    last: str
    read: bool
    """Whether somebody has read it since it happened last."""


@frozen
class ReadObject:
    """How many kinds of errors were unread until now."""

    read: int


@frozen
class ExceptionCalls:
    """``/exceptions``."""

    rooms: Rooms

    @operation(
        Operation(
            "GET", "/exceptions", "Errors of our own", ExceptionObject, pages=True,
            right=_RIGHT,
        )
    )  # fmt: skip
    async def listing(self, call: Call) -> Page[ExceptionObject]:
        """List the kinds of errors, the one seen last first; none is read by that."""
        query = call.query
        page = await self.rooms.admin.exceptions.listing(
            call.person, query.cursor, query.limit
        )
        return Page(tuple(map(_shown, page.items)), page.next)

    @operation(
        Operation(
            "POST", "/exceptions/read", "Mark all as read", ReadObject, right=_RIGHT
        )
    )
    async def read_all(self, call: Call) -> ReadObject:
        """Mark every error as read, until it happens again."""
        return ReadObject(await self.rooms.admin.exceptions.read_all(call.person))

    @operation(
        Operation(
            "POST", "/exceptions/{exception}/read", "Mark one as read",
            ExceptionObject, right=_RIGHT,
        )
    )  # fmt: skip
    async def read(self, call: Call, exception: str) -> ExceptionObject:
        """Show one kind of error, which is read then."""
        found = await self.rooms.admin.exceptions.one(call.person, exception)
        return _shown(found)


def _shown(fault: Fault) -> ExceptionObject:
    return ExceptionObject(
        id=fault.id,
        kind=fault.kind,
        message=fault.message,
        doing=fault.doing,
        frames=tuple(
            FrameObject(one.file, one.line, one.function) for one in fault.frames
        ),
        process=fault.process,
        count=fault.count,
        first=stamp(fault.first),
        last=stamp(fault.last),
        read=fault.read,
    )
