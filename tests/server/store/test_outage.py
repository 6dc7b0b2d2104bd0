"""Work on a timer while the store is away."""

import pytest
from pytest_twisted import ensureDeferred

from aen.model.errors import Unavailable
from aen.server.store.outage import through_outages


@ensureDeferred
async def test_one_line_when_it_goes_and_one_when_it_is_back(logged: list[str]) -> None:
    """However often the work was tried between."""
    outcomes: list[Exception | None] = [Unavailable("away")] * 5 + [None, None]

    async def work() -> None:
        error = outcomes.pop(0)
        if error is not None:
            raise error

    look = through_outages("looking", work)
    for _ in range(7):
        await look()
    assert [line for line in logged if line.startswith("looking")] == [
        "looking waits: away",
        "looking goes on",
    ]


@ensureDeferred
async def test_other_failures_are_not_hidden() -> None:
    """They are mistakes of ours."""

    async def work() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        await through_outages("looking", work)()
