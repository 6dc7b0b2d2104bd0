"""The use cases' own values."""

import attrs

from aen.server import records


def test_they_are_values() -> None:
    """Frozen and equal by content, so that nobody changes another's answer."""
    kinds = [one for one in vars(records).values() if attrs.has(one)]
    own = [one for one in kinds if one.__module__ == records.__name__]
    assert len(own) == 9
    assert all(one.__setattr__ is not object.__setattr__ for one in own)
    assert records.ProjectChanges() == records.ProjectChanges()
    assert all(
        value is None for value in attrs.asdict(records.ProjectChanges()).values()
    )
