"""A server for command lines."""

from collections.abc import Iterator

import pytest

from tests.cli.fake import Fake, serving


@pytest.fixture
def fake() -> Iterator[Fake]:
    """Give a server that answers as a test says."""
    with serving() as made:
        yield made
