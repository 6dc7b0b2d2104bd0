"""A server for command lines."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.fake import Fake, serving
from tests.cli.files import Files, serving_files, telling


@pytest.fixture
def fake() -> Iterator[Fake]:
    """Give a server that answers as a test says."""
    with serving() as made:
        yield made


@pytest.fixture
def files(tmp_path: Path, fake: Fake) -> Iterator[Files]:
    """Give the files app of ada/lab, known to the server that answers."""
    with serving_files(tmp_path) as made:
        telling(fake, made)
        yield made
