"""A project root for the tests of this folder that root runs."""

from collections.abc import Iterator

import pytest

from tests.compute.accounts import People
from tests.compute.disk.estate import Estate, estate


@pytest.fixture
def ground(accounts: People) -> Iterator[Estate]:
    """Return a project root with nothing in it."""
    with estate(accounts) as made:
        yield made
