"""What is done by the clock, for administrators: how it went, having it done now."""

from twisted.internet.interfaces import IReactorTime

from aen.model.administration import Area, demand_area
from aen.model.audit import Act
from aen.model.errors import NotFound
from aen.model.users import Caller
from aen.server.audit import Audit
from aen.server.store.schedule import ChoreState, ScheduleRecords


class Schedule:
    """Shows administrators what is done by the clock, and has it done now."""

    def __init__(
        self, records: ScheduleRecords, clock: IReactorTime, audit: Audit
    ) -> None:
        self._records = records
        self._clock = clock
        self._audit = audit

    async def chores(self, caller: Caller) -> tuple[ChoreState, ...]:
        """Return everything that is done by the clock, and how it went last."""
        demand_area(caller, Area.TASKS)
        return tuple(await self._records.all())

    async def run(self, caller: Caller, name: str) -> None:
        """Have it done now, by whichever worker looks first."""
        demand_area(caller, Area.TASKS)
        if not await self._records.bring_forward(name, self._clock.seconds()):
            raise NotFound("Nothing of that name is done by the clock.")
        await self._audit.note(Act.SCHEDULE_RUN, caller, name=name)
