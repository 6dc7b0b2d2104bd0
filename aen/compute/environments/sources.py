"""What a node makes environments with: put together from its settings."""

from collections.abc import Mapping
from pathlib import Path

from aen.compute.environments.builtin import BuiltinEnvironments
from aen.compute.environments.conda import CondaEnvironments
from aen.compute.environments.condapackages import CondaPackages
from aen.compute.environments.condatool import CondaTool
from aen.compute.environments.provider import APPS, EnvironmentProvider, Packages
from aen.compute.environments.search import IndexSearch
from aen.compute.environments.settings import EnvironmentSettings, Provider
from aen.compute.environments.uvpackages import UvPackages
from aen.compute.environments.uvtool import shared_uv, tool_environment
from aen.compute.programs.children import IReactorChildren
from aen.compute.programs.steps import Steps


class Sources:
    """Templates by the node's provider, and packages by the kind of environment.

    A node that changes its provider goes on serving what was made by the other one.
    """

    def __init__(
        self,
        reactor: IReactorChildren,
        settings: EnvironmentSettings,
        root: Path,
        steps: Steps,
        environ: Mapping[str, str],
    ) -> None:
        builtin = BuiltinEnvironments(reactor, settings, root, steps, environ)
        self.provider, self.root = settings.provider, root
        place = root / ".envs"
        by_conda = settings.provider is Provider.CONDA
        tool = CondaTool(
            reactor,
            settings.conda,
            environ,
            place / ".conda",
            settings.build_timeout,
            settings.keep_lines,
        )
        conda = CondaEnvironments(tool, settings, root, steps, builtin)

        async def uv() -> str:
            return await shared_uv(reactor, place / ".tools")

        search = IndexSearch(
            reactor,
            tool_environment(settings, environ, root),
            place / ".index",
            builtin.python_with_pip,
        )
        self.apps = lambda: builtin.ready(APPS, lambda _: None)
        self.templates: EnvironmentProvider = conda if by_conda else builtin
        self.packages: Mapping[str, Packages] = {
            Provider.BUILTIN.value: UvPackages(uv, builtin.interpreter, search.find),
            Provider.CONDA.value: CondaPackages(conda),
        }
