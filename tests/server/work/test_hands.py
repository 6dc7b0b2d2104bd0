"""The hands of a worker."""

from attrs import define, field
from pytest_twisted import ensureDeferred

from aen.model.tasks import Kind, Task
from aen.server.store.tasks import Holder
from aen.server.work.hands import Hand, Hands


@define
class Noting(Hand):
    """Notes what it is asked."""

    heard: list[str] = field(factory=list)

    async def do(self, task: Task, holder: Holder) -> None:
        """Note it."""
        self.heard.append("do")


@ensureDeferred
async def test_each_task_goes_to_the_hand_for_its_kind() -> None:
    """And what a hand says nothing of is nothing."""
    starts, stops = Noting(), Noting()
    both = Hands({Kind.START_PROJECT: starts, Kind.STOP_PROJECT: stops})
    task = Task("t", Kind.STOP_PROJECT, "k")
    holder = Holder("t", "w", 1, task.kind)
    await both.do(task, holder)
    await both.give_up(task, holder, "Too often.")
    await both.cancelled(task, holder)
    await both.ended(task, "")
    assert (starts.heard, stops.heard) == ([], ["do"])
