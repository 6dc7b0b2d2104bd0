"""Settings of the gateway."""

from pathlib import Path

from attrs import evolve

from tests.gateway.fakes import KEY, SETTINGS


def test_places() -> None:
    """Files are below the prefix, as operators know them."""
    assert SETTINGS.home == Path("/opt/gate")
    assert SETTINGS.logs == Path("/opt/gate/var/log/wakari")


def test_key_is_not_shown() -> None:
    """No log and no traceback shows the key."""
    assert KEY.text not in repr(SETTINGS)


def test_origin() -> None:
    """It is as browsers write it, or no page of ours could open a WebSocket."""
    assert evolve(SETTINGS, public_url="https://gate:443").origin == "https://gate"


def test_port() -> None:
    """Browsers find it at the port of the contract."""
    assert SETTINGS.listen == ("tcp:8089",)
