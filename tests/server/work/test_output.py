"""What tools print is passed on as often as people can read it."""

from pytest_twisted import ensureDeferred
from twisted.internet.task import Clock

from aen.server.work.output import LINES, PAUSE, OutputWriter


def writer(clock: Clock) -> tuple[OutputWriter, list[tuple[str, ...]], list[int]]:
    """Return a writer, what it writes, and how many lines it keeps each time."""
    written: list[tuple[str, ...]] = []
    kept: list[int] = []

    async def write(new: tuple[str, ...], last: tuple[str, ...]) -> None:
        written.append(new)
        kept.append(len(last))

    return OutputWriter(clock, write), written, kept


@ensureDeferred
async def test_the_first_line_at_once_the_others_together() -> None:
    """Nothing is lost at the end, and nothing waits for a timer then."""
    clock = Clock()
    output, written, kept = writer(clock)
    assert (output.heard, kept) == (False, [])
    for line in ("a", "b", "c"):
        output(line)
    assert written == [("a",)]
    clock.advance(PAUSE)
    assert written == [("a",), ("b", "c")]
    output("d")
    await output.stop()
    assert written[-1] == ("d",)
    assert kept == [1, 3, 4]
    assert (output.heard, written[0]) == (True, ("a",))
    assert clock.getDelayedCalls() == []


@ensureDeferred
async def test_lines_are_bounded() -> None:
    """Neither a long line nor a flood of them fills the store; colours are left out."""
    clock = Clock()
    output, written, kept = writer(clock)
    output("\x1b[31mred\r" + "x" * 10_000)
    for number in range(LINES * 3):
        output(str(number))
    await output.stop()
    (first,) = written[0]
    assert first.startswith(" [31mred x")
    assert len(first) == 500
    assert len(written[1]) == LINES
    assert written[1][-1] == str(LINES * 3 - 1)
    assert kept[-1] == LINES


@ensureDeferred
async def test_a_write_that_fails_is_logged(logged_failures: list[object]) -> None:
    """Output never breaks the work."""

    async def write(new: tuple[str, ...], last: tuple[str, ...]) -> None:
        raise RuntimeError

    output = OutputWriter(Clock(), write)
    output("a")
    output("b")
    await output.stop()
    assert len(logged_failures) == 2
    logged_failures.clear()
