"""Who does what: a `Hand` for each kind of task, and what it may say of its work."""

from collections.abc import Mapping

from attrs import frozen

from aen.model.errors import Unavailable
from aen.model.tasks import Kind, Task
from aen.server.store.tasks import Holder


class TryAgain(Unavailable):
    """What was tried may pass by itself; *after*: seconds, else as its kind says."""

    def __init__(self, message: str, *, after: float | None = None) -> None:
        super().__init__(message)
        self.after = after


class Lost(Exception):
    """Another worker has the task now, it has become another one, or is cancelled."""


class Hand:
    """Does tasks. Each may be done twice: a worker that dies leaves it to another."""

    async def do(self, task: Task, holder: Holder) -> None:
        """Do it whole.

        :raises AenError: it did not succeed, and trying again would not help.
        :raises Unavailable: it may succeed later; `TryAgain` says when.
        :raises Lost: somebody else goes on with it, or nobody wants it any more.
        """
        raise NotImplementedError

    async def give_up(self, task: Task, holder: Holder, why: str) -> None:
        """Tell, where people see it, that it is not tried any more, and *why*."""

    async def cancelled(self, task: Task, holder: Holder) -> None:
        """Tidy up after what has been done of it; may raise as `do`."""

    async def ended(self, task: Task, problem: str) -> None:
        """It has ended and is noted so; *problem* is empty when it succeeded."""


@frozen
class Hands(Hand):
    """All hands together: each task goes to the one for its kind."""

    of: Mapping[Kind, Hand]

    async def do(self, task: Task, holder: Holder) -> None:
        """Have it done."""
        await self.of[task.kind].do(task, holder)

    async def give_up(self, task: Task, holder: Holder, why: str) -> None:
        """Have it told."""
        await self.of[task.kind].give_up(task, holder, why)

    async def cancelled(self, task: Task, holder: Holder) -> None:
        """Have it tidied up."""
        await self.of[task.kind].cancelled(task, holder)

    async def ended(self, task: Task, problem: str) -> None:
        """Have it heard."""
        await self.of[task.kind].ended(task, problem)
