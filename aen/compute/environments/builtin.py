"""The environments that come with AEN: templates by uv, clones by hard link."""

import hashlib
import json
import secrets
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from attrs import frozen

from aen.compute.disk.clone import MARKER
from aen.compute.environments import fingerprint
from aen.compute.environments.apps_python import packages as apps_packages
from aen.compute.environments.filelock import locked
from aen.compute.environments.interpreter import (
    Interpreter,
    find_interpreter,
    starts,
)
from aen.compute.environments.provider import (
    APPS,
    BUILDING,
    CLONING,
    DEFAULT,
    JUPYTER,
    Report,
)
from aen.compute.environments.settings import (
    CloneBy,
    EnvironmentSettings,
    Provider,
)
from aen.compute.environments.sharing import Sharing
from aen.compute.environments.uvoutput import BuildProgress
from aen.compute.environments.uvtool import Uv, find_uv, tool_environment
from aen.compute.programs.children import Command, IReactorChildren, run
from aen.compute.programs.steps import Steps
from aen.model.errors import Failed, NotFound
from aen.model.projects import Progress

_VERSION = 1  # of what we do to a template besides installing packages
_FRESH = 30.0  # seconds for which the administrator's own default is not looked at


@frozen
class Recipe:
    """What a template is made of; the same recipe, the same template."""

    template: str
    packages: tuple[str, ...]
    python: Interpreter
    without: tuple[str, ...] = ()
    source: str = ""
    """Prefix of an environment that is copied as it is; its hash is the version."""

    @property
    def name(self) -> str:
        """The name of its directory: the template's and a hash of the content."""
        python = (self.python.path, self.python.version)
        content = json.dumps([_VERSION, python, self.packages, self.without])
        digest = hashlib.sha256(content.encode()).hexdigest()
        return f"{self.template}-{digest[:16]}"


class BuiltinEnvironments:
    """Templates below ``<root>/.envs``, each built once and never changed."""

    def __init__(
        self,
        reactor: IReactorChildren,
        settings: EnvironmentSettings,
        root: Path,
        steps: Steps,
        environ: Mapping[str, str],
    ) -> None:
        self._reactor = reactor
        self._settings = settings
        self._directory = root.absolute() / ".envs"
        self._steps = steps
        environment = tool_environment(settings, environ, root)
        self._uv = Uv(reactor, settings, environment)
        self._builds = Sharing("building an environment template")
        self._python: Interpreter | None = None
        builtin = settings.provider is Provider.BUILTIN
        self._own_default = settings.default_environment if builtin else ""
        self._own: Recipe | None = None
        self._looked = 0.0
        self._content = {
            DEFAULT: (settings.default_packages, ()),
            JUPYTER: (settings.jupyter_packages, settings.jupyter_without),
            APPS: (apps_packages(), ()),
        }

    async def ready(self, template: str, report: Report) -> Path:
        """Return the prefix of *template*, built first if there is none.

        :raises Failed: it cannot be built; trying again really tries again.
        """
        recipe = await self._recipe(template)
        prefix = self._directory / recipe.name
        if not is_complete(prefix):
            await self._builds.do(
                recipe.name, lambda tell: self._build(recipe, tell), report
            )
        return prefix

    async def clone(
        self, template: Path, target: Path, prefix: Path, report: Report
    ) -> None:
        """Make an environment at *target* that will be used at *prefix*.

        :raises Failed: it cannot be made; nothing is left at *target*.
        """
        arguments = {
            "template": str(template),
            "target": str(target),
            "prefix": str(prefix),
            "link": self._settings.clone_by is CloneBy.LINK,
        }
        report(Progress(CLONING))
        await self._steps.run(
            "clone", arguments, lambda done, all_: report(Progress(CLONING, done, all_))
        )

    async def works(self, prefix: Path) -> bool:
        """Whether the environment at *prefix* starts and can run a kernel.

        It runs what the project's people installed: for single-user mode only.
        """
        wanted = any("ipykernel" in one for one in self._settings.default_packages)
        return await starts(
            self._reactor, prefix, kernel=wanted and not self._own_default
        )

    async def problems(self) -> tuple[str, ...]:
        """Return what keeps environments from being made here, a sentence each."""
        found = []
        try:
            find_uv()
        except Failed as error:
            found.append(error.message)
        try:
            await self.interpreter()
            if self._own_default:
                await self._adopted()
        except Failed as error:
            found.append(error.message)
        return tuple(found)

    def python_with_pip(self) -> str:
        """Return the Python of a template that is there and has pip; "": none has."""
        for marker in sorted(self._directory.glob(f"*/{MARKER}")):
            if list(marker.parent.glob("lib/python3*/site-packages/pip")):
                return str(marker.parent / "bin" / "python")
        return ""

    async def interpreter(self) -> Interpreter:
        """Return the Python of the environments.

        :raises Failed: there is none that works.
        """
        if self._python is None:
            wished = self._settings.python
            self._python = await find_interpreter(self._reactor, wished)
        return self._python

    async def stop(self) -> None:
        """Give up what is being built."""
        await self._builds.stop()

    async def _recipe(self, template: str) -> Recipe:
        if template not in self._content:
            raise NotFound(f"There is no environment template “{template}”.")
        if template == DEFAULT and self._own_default:
            return await self._adopted()
        packages, without = self._content[template]
        return Recipe(template, packages, await self.interpreter(), without)

    async def _adopted(self) -> Recipe:
        """Return the recipe that copies the administrator's own default as it is now.

        :raises Failed: there is none at its place.
        """
        now = self._reactor.seconds()
        if self._own is not None and now - self._looked < _FRESH:
            return self._own
        place = Path(self._own_default)
        if not (place / "pyvenv.cfg").is_file():
            raise Failed(
                f"“default_environment” is no Python environment: {place}. Ask the"
                " administrator to correct it."
            )
        argv = (sys.executable, "-I", "-S", fingerprint.__file__, str(place))
        ended = await run(self._reactor, Command(argv), lambda _: None)
        if not ended.ok:
            raise Failed(f"The node cannot read {place}.", log=ended.lines)
        python = Interpreter(str(place), ended.lines[-1])
        self._own, self._looked = Recipe(DEFAULT, (), python, source=str(place)), now
        return self._own

    async def _build(self, recipe: Recipe, tell: Report) -> None:
        tell(Progress(BUILDING))
        make_directory(self._directory)
        lock = self._directory / f".lock-{recipe.template}"
        async with locked(self._reactor, lock, self._settings.build_timeout):
            if is_complete(self._directory / recipe.name):
                return  # another process was faster
            await self._drop(recipe)
            try:
                await self._make(recipe, tell)
            except Exception:
                with suppress(Failed):  # the next build tries again
                    await self._drop(recipe)
                raise

    async def _make(self, recipe: Recipe, tell: Report) -> None:
        progress = BuildProgress()

        def hear(line: str) -> None:
            if progress.hear(line):
                tell(Progress(BUILDING, progress.done, progress.total))

        building = f".building-{recipe.name}-{secrets.token_hex(4)}"
        prefix = self._directory / building
        if recipe.source:
            await self._copy(Path(recipe.source), prefix)
        else:
            await self._uv.make(prefix, recipe.python.path, hear)
            await self._uv.install(prefix, recipe.packages, hear)
        if recipe.without:
            await self._uv.take_out(prefix, recipe.without, hear)
        about = {"template": recipe.template, "python": recipe.python.version}
        await self._steps.run(
            "seal",
            {
                "root": str(self._directory),
                "building": building,
                "name": recipe.name,
                "about": about,
            },
        )

    async def _copy(self, source: Path, prefix: Path) -> None:
        """Copy the administrator's own environment, which may change at any time."""
        paths = {"template": str(source), "target": str(prefix), "prefix": str(prefix)}
        await self._steps.run("clone", {**paths, "link": False})

    async def _drop(self, recipe: Recipe) -> None:
        """Remove what a build left that did not come to its end."""
        prefix = f".building-{recipe.name}-"
        arguments = {"root": str(self._directory), "prefix": prefix}
        await self._steps.run("drop", arguments)


def is_complete(prefix: Path) -> bool:
    """Whether a template was finished; its marker is written last."""
    return (prefix / MARKER).is_file()


def make_directory(path: Path) -> None:
    """Make the templates' directory, readable by everybody who runs them.

    :raises Failed: the project root cannot be written.
    """
    try:
        path.mkdir(exist_ok=True)
        path.chmod(0o755)
    except OSError as error:
        raise Failed(
            f"The node cannot write to the project root: {error.strerror}: {path}."
        ) from None
