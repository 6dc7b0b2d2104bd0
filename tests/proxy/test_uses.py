"""Marks of use."""

import gc

from aen.proxy.uses import Uses


def test_what_is_used_is_told_once() -> None:
    """Until it is used again; what nobody used is not told."""
    uses = Uses()
    one, other = uses.meter("one"), uses.meter("other")
    one.touch()
    one.touch()
    assert uses.take() == ["one"]
    assert uses.take() == []
    other.touch()
    assert uses.take() == ["other"]
    assert uses.meter("one") is one


def test_a_use_outlives_its_holder_until_it_is_told() -> None:
    """A single request is over long before; memory does not grow with names."""
    uses = Uses()
    uses.meter("brief").touch()
    gc.collect()
    assert uses.take() == ["brief"]
    gc.collect()
    assert not uses._meters
    assert not uses._lately
