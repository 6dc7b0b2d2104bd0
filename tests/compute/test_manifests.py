"""AEN's own manifests for Jupyter."""

import json
from pathlib import Path

import pytest

from aen.model.apps import Listen, Manifest, Permission, check_manifest
from aen.runtime.structure import structure

MANIFESTS = Path(__file__).parents[2] / "aen" / "compute" / "manifests"


@pytest.mark.parametrize("name", ["jupyterlab", "notebook"])
def test_the_manifest_is_right(name: str) -> None:
    """Every key is known, every substitution is one that is filled in."""
    content = json.loads((MANIFESTS / f"{name}.json").read_text())
    manifest = structure(content, Manifest)
    check_manifest(manifest)
    assert manifest.name == name
    assert manifest.listen is Listen.SOCKET
    assert manifest.permission is Permission.WRITE


@pytest.mark.parametrize("name", ["jupyterlab", "notebook"])
def test_only_the_node_reaches_it(name: str) -> None:
    """A socket for its owner alone, kernels without ports."""
    arguments = json.loads((MANIFESTS / f"{name}.json").read_text())["command_list"]
    assert "--ServerApp.sock_mode=0600" in arguments
    assert "--KernelManager.transport=ipc" in arguments
    assert not any(
        "allow_origin" in one or "disable_check_xsrf" in one for one in arguments
    )
