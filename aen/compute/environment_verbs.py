"""What is done to one environment: the verbs, each whole or not at all.

Packages are changed in a copy beside the environment, which takes its place by one
exchange when it is whole: a change that fails, or is stopped, leaves everything as it
was. Programs run as the one who asks, in the project.
"""

from collections.abc import Awaitable, Callable, Mapping

from attrs import evolve, frozen
from twisted.logger import Logger

from aen.compute.environment_ground import Change, EnvironmentGround
from aen.compute.environments.inside import BASE, STAGED
from aen.compute.environments.provider import Report
from aen.compute.environments.settings import Provider
from aen.compute.environments.tool import Hands
from aen.compute.kernels import has_kernel, kernel_specs
from aen.compute.project_state import ProjectState
from aen.compute.projects import Environment
from aen.model.environments import Verb
from aen.model.errors import AenError, Conflict, Invalid, NotFound, Taken
from aen.model.names import EnvironmentName
from aen.model.projects import Progress

COPYING = "Copying the environment"
CHANGING = "Changing packages"
MAKING = "Making the environment"
PLACING = "Putting the environment in its place"
_MOST = 50  # environments of a project

There = Mapping[EnvironmentName, Environment]
_log = Logger()


def parse_verb(text: str) -> Verb:
    """Return *text* as what is done to an environment, or raise `Invalid`."""
    try:
        return Verb(text)
    except ValueError:
        raise Invalid(f"“{text}” cannot be done to an environment.") from None


def existing(name: EnvironmentName, there: There) -> Environment:
    """Return the environment *name* of those that are *there*, or raise `NotFound`."""
    if name not in there:
        raise NotFound(f"There is no environment “{name}”.")
    return there[name]


def _demand_new(name: EnvironmentName, there: There) -> None:
    if name in there:
        raise Taken(f"There is an environment “{name}” already; choose another name.")
    if len(there) >= _MOST:
        raise Conflict(
            f"The project has {len(there)} environments, the most it may have; delete"
            " one first."
        )


@frozen
class EnvironmentVerbs:
    """Does changes, one at a time for each environment: see `EnvironmentWork`."""

    ground: EnvironmentGround
    staged: Callable[[str], list[str]]
    """Returns what changes that are under way have staged in a project."""

    async def do(self, change: Change, tell: Report) -> None:
        """Do one change; afterwards every running Jupyter sees its kernels.

        :raises AenError: it cannot be done, or did not succeed; nothing has changed.
        """
        there = await self._there(change)
        match parse_verb(change.asked.verb):
            case Verb.CREATE:
                _demand_new(change.name, there)
                await self._create(change, tell)
            case Verb.CLONE:
                _demand_new(change.name, there)
                source = existing(EnvironmentName(change.asked.source), there)
                await self._clone(change, source, tell)
            case Verb.DELETE:
                await self._delete(change)
            case Verb.ACTIVATE:
                existing(change.name, there)
                self._activate(change)
            case verb:
                await self._packages(change, verb, existing(change.name, there), tell)
        await self._renew_kernels(change)

    async def _there(self, change: Change) -> There:
        found = await self.ground.directories.environments(
            change.path, change.project.id
        )
        return {one.name: one for one in found}

    async def _create(self, change: Change, tell: Report) -> None:
        if not change.asked.file:
            await self._create_from_default(change, tell)
            return
        packages = self.ground.packages[self.ground.provider.value]

        async def make(hands: Hands) -> None:
            tell(Progress(MAKING))
            await packages.create(hands, change.prefix, change.asked.file)

        await self._stage(change, make, tell, new=True)

    async def _create_from_default(self, change: Change, tell: Report) -> None:
        project = change.project
        await self._clear(change, new=True)
        await self.ground.directories.add_environment(
            change.path, project.id, project.team, change.name, tell
        )
        if not change.asked.packages:
            return
        try:
            one = existing(change.name, await self._there(change))
            await self._packages(change, Verb.INSTALL, one, tell)
        except BaseException:
            await self._delete(change)
            raise

    async def _clone(self, change: Change, source: Environment, tell: Report) -> None:
        packages = self.ground.packages_of(source)

        async def make(hands: Hands) -> None:
            tell(Progress(COPYING))
            await packages.clone(hands, source.name, change.name, change.prefix)

        await self._stage(change, make, tell, new=True)

    async def _packages(
        self, change: Change, verb: Verb, one: Environment, tell: Report
    ) -> None:
        packages = self.ground.packages_of(one)
        wanted = change.asked.packages
        if verb is Verb.UPDATE and not wanted:
            wanted = tuple(sorted(dict(set(one.packages) - set(one.by_pip))))
        else:
            wanted = packages.check(wanted, change.home)
        does = {
            Verb.INSTALL: packages.install,
            Verb.REMOVE: packages.remove,
            Verb.UPDATE: packages.update,
        }[verb]

        async def make(hands: Hands) -> int:
            tell(Progress(COPYING))
            named = {"source": change.name, "name": change.name}
            base = await self._base(change, one)
            copied = await hands.step("copy", **named, staged=change.staged, base=base)
            tell(Progress(CHANGING))
            await does(hands, change.prefix, wanted)
            mark: int = copied["mark"]
            return mark

        await self._stage(change, make, tell, new=False)

    async def _base(self, change: Change, one: Environment) -> str:
        """Return a clone of the template that shall become the copy; "" for none."""
        ground, project = self.ground, change.project
        builtin = Provider.BUILTIN
        of_template = ground.provider is builtin and one.provider == builtin.value
        if ground.links or not of_template:
            return ""
        name = EnvironmentName(change.staged.replace(STAGED, BASE))
        add = ground.directories.add_environment
        try:
            await add(change.path, project.id, project.team, name, lambda _: None)
        except AenError as error:  # a copy without one only takes more of the disk
            _log.warn("{path}: {why}", path=change.path, why=error.message)
            return ""
        return name

    async def _stage(
        self,
        change: Change,
        make: Callable[[Hands], Awaitable[int | None]],
        tell: Report,
        *,
        new: bool,
    ) -> None:
        """Let *make* make the copy, then put it in its place; or leave nothing."""
        await self._clear(change, new=new)
        hands = self.ground.hands(change)
        try:
            mark = await make(hands)
            self.ground.demand_running(change.project)
            tell(Progress(PLACING))
            place = {"name": change.name, "staged": change.staged}
            await hands.step("end", **place, mark=mark or 0, new=new)
        except BaseException:
            await self._drop(hands, change)
            raise

    async def _clear(self, change: Change, *, new: bool) -> None:
        """Remove what changes that broke off have left in the project."""
        keep = self.staged(change.project.id)
        free = change.name if new else ""
        await self.ground.hands(change).step("clear", keep=keep, free=free)

    async def _drop(self, hands: Hands, change: Change) -> None:
        try:
            await hands.step("drop", staged=change.staged)
        except AenError as error:  # the next change tries again
            _log.warn(
                "{path}: {staged} is left: {why}",
                path=change.path,
                staged=change.staged,
                why=error.message,
            )

    async def _delete(self, change: Change) -> None:
        active = self.ground.directories.active_name(change.project.id)
        if change.name == active:
            raise Conflict(
                f"“{change.name}” is the active environment; make another one active,"
                " then delete it."
            )
        place = {"name": change.name, "staged": change.staged}
        await self.ground.hands(change).step("withdraw", **place)

    def _activate(self, change: Change) -> None:
        states, project_id = self.ground.states, change.project.id
        state = states.read(project_id) or ProjectState(str(change.path))
        states.write(project_id, evolve(state, active=str(change.name)))

    async def _renew_kernels(self, change: Change) -> None:
        """Let every Jupyter that runs in the project see the kernels there now are."""
        waiting = tuple(self.ground.notebooks(change.project.id))
        if not waiting:
            return
        there = await self._there(change)
        place = self.ground.directories.environment
        names = [one.name for one in there.values() if has_kernel(one.packages)]
        specs = kernel_specs({name: place(change.path, name) for name in names})
        for one in waiting:
            hands = evolve(self.ground.hands(change), user=one.user)
            try:
                await hands.offer_kernels(one.directory, specs)
            except AenError as error:  # it may just have ended
                _log.warn(
                    "{path}: the kernels of {user} are not renewed: {why}",
                    path=change.path,
                    user=one.user,
                    why=error.message,
                )
