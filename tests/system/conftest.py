"""What the tests with real processes share."""

from collections.abc import Iterator

import pytest

from tests.installed import Installed, brought_up
from tests.projects import FIRST_START, Project, new_project


@pytest.fixture(scope="session")
def project(platform: Installed) -> Project:
    """Give a project that runs; the first one builds the template."""
    made = new_project(platform, "shared")
    made.start(FIRST_START)
    return made


@pytest.fixture(scope="module")
def fragile(request: pytest.FixtureRequest) -> Iterator[Installed]:
    """Give a platform of one's own, to be treated badly."""
    yield from brought_up(request.module.__name__.rpartition(".")[2])
