"""Settings of the gateway."""

from pathlib import Path

from aen.gateway.settings import GatewaySettings

SETTINGS = GatewaySettings(
    name="local",
    server="http://aen:80",
    server_key="public",
    key="very secret",
    public_url="http://aen:8089",
    prefix="/srv/gateway",
)


def test_places() -> None:
    """Files are below the prefix, as operators know them."""
    assert SETTINGS.home == Path("/srv/gateway")
    assert SETTINGS.logs == Path("/srv/gateway/var/log/wakari")


def test_key_is_not_shown() -> None:
    """No log and no traceback shows the key."""
    assert "very secret" not in repr(SETTINGS)


def test_port() -> None:
    """Browsers find it at the port of the contract."""
    assert SETTINGS.listen == ("tcp:8089",)
