"""Accounts for the tests of this folder that root runs."""

from collections.abc import Iterator

import pytest

from tests.compute.accounts import People, needs_accounts, people


@pytest.fixture(scope="session")
def accounts() -> Iterator[People]:
    """Five throwaway accounts in one group, and a service account."""
    needs_accounts()
    with people(5) as made:
        yield made
