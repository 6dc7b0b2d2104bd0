"""Settings of a compute node."""

from pathlib import Path

from aen.compute.settings import ComputeSettings

SETTINGS = ComputeSettings(name="node1", gateway_key="public", prefix="/srv/compute")


def test_places() -> None:
    """Files are below the prefix, as operators know them."""
    assert SETTINGS.logs == Path("/srv/compute/var/log/wakari")
    assert SETTINGS.manifests == Path("/srv/compute/etc/wakari/apps")
    assert SETTINGS.runtime == Path("/srv/compute/var/run/launches")


def test_defaults() -> None:
    """Port and project root are those of the contract."""
    assert SETTINGS.listen == ("tcp:5002",)
    assert SETTINGS.project_root == Path("/projects")
