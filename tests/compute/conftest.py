"""Accounts for the tests of this folder that root runs."""

from collections.abc import Iterator

import pytest

from tests.compute.accounts import People, needs_accounts, people
from tests.compute.helper.helped import Helped, installation


@pytest.fixture(scope="session")
def accounts() -> Iterator[People]:
    """Five throwaway accounts in one group, and a service account."""
    needs_accounts()
    with people(5) as made:
        yield made


@pytest.fixture
def helped(accounts: People) -> Iterator[Helped]:
    """A helper whose accounts are the throwaway ones."""
    with installation(accounts) as made:
        yield made
