"""So many at a time."""

import pytest

from aen.compute.apps.files.refusals import Refusal
from aen.compute.apps.files.turns import Turns


def test_turns() -> None:
    """One too many is sent away; a turn that ends, whatever its end, is free again."""
    turns = Turns(2, "Try again.")
    with turns.one():
        with pytest.raises(ValueError, match="x"), turns.one():
            raise ValueError("x")
        with turns.one(), pytest.raises(Refusal, match="Try again") as caught:
            turns.one().__enter__()
        assert caught.value.status == 503
    with turns.one(), turns.one():
        pass
