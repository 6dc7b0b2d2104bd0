"""The seam between projects and where environments come from."""

from pathlib import Path
from typing import Any

from twisted.internet.task import Clock

from aen.compute.environments.builtin import BuiltinEnvironments
from aen.compute.environments.provider import EnvironmentProvider, Packages
from aen.compute.environments.settings import EnvironmentSettings, Provider
from aen.compute.environments.sources import Sources
from tests.compute.fakes import LocalEnvironments, LocalSteps
from tests.compute.local_tool import FilePackages


def test_all_providers_do_the_same(tmp_path: Path) -> None:
    """The built-in one and the tests' own; the types are checked by mypy."""
    reactor: Any = Clock()
    settings, steps = EnvironmentSettings(provider=Provider.CONDA), LocalSteps()
    builtin = BuiltinEnvironments(reactor, settings, tmp_path, steps, {})
    providers: list[EnvironmentProvider] = [
        builtin,
        Sources(reactor, settings, tmp_path, steps, {}).templates,
        LocalEnvironments(tmp_path, steps),
    ]
    can = [name for name in vars(EnvironmentProvider) if not name.startswith("_")]
    assert can
    assert all(callable(getattr(one, name)) for one in providers for name in can)


def test_packages_of_all_kinds(tmp_path: Path) -> None:
    """By uv, by conda, and the tests' own."""
    reactor: Any = Clock()
    settings, steps = EnvironmentSettings(), LocalSteps()
    sources = Sources(reactor, settings, tmp_path, steps, {})
    kinds: list[Packages] = [*sources.packages.values(), FilePackages()]
    can = [name for name in vars(Packages) if not name.startswith("_")]
    assert can
    assert all(callable(getattr(one, name)) for one in kinds for name in can)
