"""A helper of its own for each test that root runs."""

from collections.abc import Iterator

import pytest

from tests.compute.accounts import People
from tests.compute.helper.helped import Helped, installation


@pytest.fixture
def helped(accounts: People) -> Iterator[Helped]:
    """A helper whose accounts are the throwaway ones."""
    with installation(accounts) as made:
        yield made
