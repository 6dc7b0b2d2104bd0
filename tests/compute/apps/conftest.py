"""What the tests of apps share."""

from typing import Any

import pytest


@pytest.fixture
def reactor() -> Any:
    """The real reactor."""
    from twisted.internet import reactor as real  # noqa: PLC0415, TID251 -- tests own it

    return real
