"""Progress is written as often as people can read it."""

from pytest_twisted import ensureDeferred
from twisted.internet.task import Clock

from aen.model.projects import Progress
from aen.server.work.progress import ProgressWriter


@ensureDeferred
async def test_the_newest_a_few_times_a_second() -> None:
    """The first at once, then what is newest; nothing after the stop."""
    clock, written = Clock(), list[int]()

    async def write(progress: Progress) -> None:
        written.append(progress.done)

    writer = ProgressWriter(clock, write)
    for number in range(64):
        writer(Progress("Cloning", number, 64))
        clock.advance(1 / 64)
    assert written == [0, 12, 25, 38, 51]
    await writer.stop()
    clock.advance(1)
    assert len(written) == 5
    assert clock.getDelayedCalls() == []
    writer(Progress("Again"))
    assert len(written) == 6
    await writer.stop()


@ensureDeferred
async def test_a_write_that_fails_is_logged_and_the_next_is_made(
    logged_failures: list[object],
) -> None:
    """Progress never breaks the work."""
    clock, tries = Clock(), list[int]()

    async def write(progress: Progress) -> None:
        tries.append(progress.done)
        raise RuntimeError

    writer = ProgressWriter(clock, write)
    writer(Progress("a", 1))
    writer(Progress("a", 2))
    assert tries == [1, 2]
    assert len(logged_failures) == 2
    logged_failures.clear()
