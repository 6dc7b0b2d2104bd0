"""What a node makes environments with."""

from pathlib import Path
from typing import Any

import pytest
from twisted.internet.task import Clock

from aen.compute.environments.builtin import BuiltinEnvironments
from aen.compute.environments.conda import CondaEnvironments
from aen.compute.environments.condapackages import CondaPackages
from aen.compute.environments.settings import EnvironmentSettings, Provider
from aen.compute.environments.sources import Sources
from aen.compute.environments.uvpackages import UvPackages
from tests.compute.fakes import LocalSteps


@pytest.mark.parametrize(
    ("provider", "kind"),
    [
        (Provider.BUILTIN, BuiltinEnvironments),
        (Provider.CONDA, CondaEnvironments),
    ],
)
def test_a_node_has_one_provider_and_serves_both(
    provider: Provider, kind: type, tmp_path: Path
) -> None:
    """Environments made before a change of the setting stay usable."""
    reactor: Any = Clock()
    settings, steps = EnvironmentSettings(provider=provider), LocalSteps()
    sources = Sources(reactor, settings, tmp_path, steps, {})
    assert isinstance(sources.templates, kind)
    assert isinstance(sources.packages["builtin"], UvPackages)
    assert isinstance(sources.packages["conda"], CondaPackages)
    assert list(tmp_path.iterdir()) == []
