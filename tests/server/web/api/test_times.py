"""Times that callers write."""

import pytest

from aen.model.errors import Invalid
from aen.server.web.api.times import moment, moment_or_none


def test_moment() -> None:
    """In any zone, but in one."""
    assert moment("1970-01-01T00:01:00Z", "until") == 60.0
    assert moment("1970-01-01T01:00:00.500+01:00", "until") == 0.5
    assert moment_or_none(None, "until") is moment_or_none("", "until") is None
    assert moment_or_none("1970-01-01T00:01:00Z", "until") == 60.0


@pytest.mark.parametrize("text", ["", "soon", "2030-01-01T00:00:00", "2030-99-01"])
def test_refused(text: str) -> None:
    """Anything else, with the name of the field."""
    with pytest.raises(Invalid) as caught:
        moment(text, "until")
    assert list(caught.value.fields) == ["until"]
