"""The use cases' own values."""

import attrs
import pytest
from attrs.exceptions import FrozenInstanceError

from aen.server import records

KINDS = [
    kind
    for kind in vars(records).values()
    if attrs.has(kind) and kind.__module__ == records.__name__
]


@pytest.mark.parametrize("kind", KINDS)
def test_they_are_values(kind: type) -> None:
    """Nobody changes another's answer."""
    with pytest.raises(FrozenInstanceError):
        setattr(object.__new__(kind), attrs.fields(kind)[0].name, None)


def test_nothing_changes_unless_it_is_said() -> None:
    """A change that names nothing changes nothing."""
    parts = attrs.asdict(records.ProjectChanges())
    assert set(parts.values()) == {None}
