"""A directory for all tests of one file."""

from collections.abc import Iterator

import pytest

from tests.slapd import Slapd, running


@pytest.fixture(scope="module")
def slapd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slapd]:
    """Give a directory that runs."""
    with running(tmp_path_factory.mktemp("slapd")) as found:
        yield found
