"""The seam between projects and where environments come from."""

from pathlib import Path
from typing import Any

from twisted.internet.task import Clock

from aen.compute.environments.builtin import BuiltinEnvironments
from aen.compute.environments.provider import EnvironmentProvider
from aen.compute.environments.settings import EnvironmentSettings
from tests.compute.fakes import LocalEnvironments, LocalSteps


def test_all_providers_do_the_same(tmp_path: Path) -> None:
    """The built-in one and the tests' own; the types are checked by mypy."""
    reactor: Any = Clock()
    settings, steps = EnvironmentSettings(), LocalSteps()
    providers: list[EnvironmentProvider] = [
        BuiltinEnvironments(reactor, settings, tmp_path, steps, {}),
        LocalEnvironments(tmp_path, steps),
    ]
    can = [name for name in vars(EnvironmentProvider) if not name.startswith("_")]
    assert can
    assert all(callable(getattr(one, name)) for one in providers for name in can)
