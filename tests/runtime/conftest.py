"""The door of the tests of TLS."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_twisted

from aen.runtime.certificates import TlsSettings
from tests.pem import make_pair
from tests.runtime.tls_door import Door


@pytest_twisted.async_yield_fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    """Give a door with a certificate."""
    pair = make_pair(tmp_path)
    made = Door(TlsSettings(str(pair.certificate), str(pair.key)))
    yield made
    for one in made.connections:
        if not one.lost.called:
            one.transport.abortConnection()
            await one.lost
    await made.port.stopListening()
