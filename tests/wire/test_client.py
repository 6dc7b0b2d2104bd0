"""The asking side: an answer, or a sentence why there is none."""

import pytest
import pytest_twisted

from aen.model.errors import Unavailable
from aen.wire.client import Place
from aen.wire.messages import ProjectQuestion, Usage
from aen.wire.routes import LAUNCH, USAGE, Route
from tests.wire.conftest import Pair


@pytest_twisted.ensureDeferred
async def test_an_answer_arrives(pair: Pair) -> None:
    """What the view returns is what the asker gets."""
    answer = await pair.client.ask(pair.at, USAGE, ProjectQuestion("p"), Usage)
    assert answer == Usage(cpu=1.5, memory=2, disk=3, processes=4)


@pytest_twisted.ensureDeferred
async def test_silence_becomes_a_sentence(pair: Pair) -> None:
    """Where nobody listens, the asker is told who does not answer."""
    nowhere = Place("http://127.0.0.1:1", "node:n1", "The node n1")
    with pytest.raises(Unavailable, match="The node n1 does not answer"):
        await pair.client.ask(nowhere, USAGE, ProjectQuestion("p"), Usage)


@pytest_twisted.ensureDeferred
async def test_an_unknown_address_is_an_error(pair: Pair) -> None:
    """An answer that is not ours is Unavailable, not a crash."""
    with pytest.raises(Unavailable):
        await pair.client.ask(pair.at, LAUNCH, ProjectQuestion("p"), Usage)
    odd = Route("GET", USAGE.path)
    with pytest.raises(Unavailable):
        await pair.client.ask(pair.at, odd, ProjectQuestion("p"), Usage)
