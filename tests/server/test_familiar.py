"""Places people sign in from."""

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet.task import Clock

from aen.server.familiar import Familiar, network
from aen.server.store.familiar import FamiliarPlaces
from aen.server.store.memory import MemoryDatabase

FIREFOX = "Mozilla/5.0 (X11; Linux) Firefox/130.0"
NEWER = "Mozilla/5.0 (X11; Linux) Firefox/131.0"
SAFARI = "Mozilla/5.0 (iPhone) Safari/604"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("unix", "unix"),
    ],
)
def test_networks(address: str, expected: str) -> None:
    """Providers give people other addresses of the same network."""
    assert network(address) == expected


@ensureDeferred
async def test_what_is_new() -> None:
    """Not the first time; then the network, the browser, or both."""
    familiar = Familiar(FamiliarPlaces(MemoryDatabase()), Clock())
    for user, address, agent, expected in (
        ("u1", "192.0.2.1", FIREFOX, ""),
        ("u1", "192.0.2.9", NEWER, ""),
        ("u1", "198.51.100.1", FIREFOX, "address"),
        ("u1", "198.51.100.1", SAFARI, "browser"),
        ("u1", "203.0.113.1", "curl", "address and browser"),
        ("u1", "", SAFARI, ""),
        ("u2", "203.0.113.1", "curl", ""),
    ):
        assert await familiar.novelty(user, address, agent) == expected
