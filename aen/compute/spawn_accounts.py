"""Apps and tools as the real accounts of people: all of it through the helper."""

import os
import pwd
import stat
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from attrs import define, field, frozen
from twisted.internet.interfaces import IReactorTime

from aen.compute.app_logs import open_log
from aen.compute.cgroups import groups_of_machine
from aen.compute.environments.tool import own_variables
from aen.compute.helper.cgroups import Cgroups, Limit
from aen.compute.helper.processes import Root, find_members
from aen.compute.helper.spawning import EXIT
from aen.compute.programs.attendant import Attendant
from aen.compute.programs.children import Ended, IReactorChildren
from aen.compute.programs.steps import HelperCall, ask_helper, no_output, unheard
from aen.compute.ready import listener_uids
from aen.compute.records import new_id
from aen.compute.spawn import IReactorSpawn, OnEnd, Order, Spawned, watch_root
from aen.model.names import ProjectPath, UserName

_SECONDS = 120.0
_TOOL_SECONDS = 3600
_FRESH = 300.0
"""Seconds for which what is known of an account is good."""
_KEPT = 40  # last lines of a tool


@frozen
class Account:
    """A person's account on this machine."""

    uid: int
    home: str


def exit_status(private: Path) -> int | None:
    """Return what a supervisor says of its app's end; a person may have written it."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        file = os.open(private / EXIT, flags)
    except OSError:
        return None
    try:
        plain = stat.S_ISREG(os.fstat(file).st_mode)
        text = os.read(file, 8).decode("ascii", "replace") if plain else ""
    except OSError:
        return None
    finally:
        os.close(file)
    return int(text) % 256 if text.isdecimal() and text.isascii() else None


@define(eq=False)
class Accounts:
    """People's accounts, made where the node makes them; known for a while."""

    clock: IReactorTime
    helper: Attendant
    _known: dict[str, tuple[float, Account]] = field(factory=dict)

    async def find(self, user: str) -> Account:
        """Return the account of *user*.

        :raises Failed: there is none, or it must not be used; says why.
        """
        now = self.clock.seconds()
        known = self._known.get(user)
        if known is not None and now - known[0] < _FRESH:
            return known[1]
        found = await self.helper.ask("account", {"user": user}, _SECONDS)
        account = Account(int(found["uid"]), str(found["home"]))
        self._known[user] = (now, account)
        return account

    async def home(self, user: UserName) -> Path:
        """Return the home directory of *user*; the account is made if need be.

        :raises Failed: there is none, or it must not be used; says why.
        """
        return Path((await self.find(user)).home)


@frozen
class _HelpedHunt:
    """Kills by the helper, which goes on for a while in each round."""

    ask: Callable[[str, dict[str, Any]], Awaitable[Any]]
    launch: str

    async def round(self) -> int:
        """Kill what is there; return how many processes are left."""
        found = await self.ask("kill", {"launches": [self.launch]})
        return int(found["left"])


@define(eq=False)
class AccountSpawner:
    """Runs apps as the accounts of those who open them."""

    reactor: IReactorSpawn
    helper: Attendant
    runtime: Path
    """Where the helper makes private directories."""
    groups: Cgroups = field(factory=groups_of_machine)

    async def spawn(self, order: Order, on_end: OnEnd) -> Root:
        """Start an app; return its supervisor.

        :raises Failed: it cannot be started; says why.
        """
        log = open_log(order.log, order.log_limit)
        try:
            found = await self.helper.ask(
                "spawn", _arguments(order), _SECONDS, errors=log
            )
        finally:
            os.close(log)
        root = Root(int(found["pid"]), int(found["started"]))
        told = self._with_status(order.launch, on_end)
        if not watch_root(self.reactor, root, told):
            self.reactor.callLater(0, told, None)
        return root

    def watch(self, one: Spawned, on_end: OnEnd) -> bool:
        """Tell when a launch that an earlier service started ends."""
        told = self._with_status(one.launch, on_end)
        return one.root is not None and watch_root(self.reactor, one.root, told)

    def _with_status(self, launch: str, on_end: OnEnd) -> OnEnd:
        return lambda _: on_end(exit_status(self.runtime / launch))

    async def ask(self, one: Spawned) -> None:
        """Ask the app to end (SIGTERM)."""
        if one.root is not None:
            await self._ask("signal", {"launch": one.launch})

    def hunt(self, one: Spawned) -> _HelpedHunt:
        """Return what kills every process of a launch."""
        return _HelpedHunt(self._ask, one.launch)

    async def forget(self, one: Spawned) -> None:
        """Remove a launch's private directory and control groups."""
        await self._ask("forget", {"launch": one.launch})

    async def keep_only(self, launches: Collection[str]) -> None:
        """End whatever the helper started for other launches than these."""
        await self._ask("sweep", {"keep": sorted(launches)})

    def pids(self, launches: Collection[Spawned]) -> set[int]:
        """Return the processes of launches: of their groups, sessions and descent."""
        found = find_members({one.launch: one.root for one in launches})
        for one in launches:
            found |= self.groups.pids(one.project_id, one.launch)
        return found

    def owns_port(self, one: Spawned, port: int) -> bool:
        """Whether all that listens on *port* is the launch's user's.

        What files their processes have open is not ours to see.
        """
        try:
            uid = pwd.getpwnam(one.user).pw_uid
        except KeyError:
            return False
        return listener_uids(port) == {uid}

    async def _ask(self, verb: str, arguments: dict[str, Any]) -> Any:
        return await self.helper.ask(verb, arguments, _SECONDS)


def _arguments(order: Order) -> dict[str, Any]:
    return {
        "launch": order.launch,
        "project": order.project_id,
        "user": order.user,
        "owner": order.path.owner,
        "name": order.path.name,
        "argv": list(order.command.argv),
        "environment": dict(order.command.environment),
        "files": dict(order.files),
        "directory": order.command.directory,
        "limits": limits_as_json(order.limits),
    }


def limits_as_json(limits: Mapping[str, Limit]) -> dict[str, dict[str, float]]:
    """Return limits as the helper takes them."""
    return {
        level: {
            "memory": one.memory,
            "cpu": one.cpu,
            "processes": one.processes,
            "files": one.files,
        }
        for level, one in limits.items()
    }


@frozen
class AccountTool:
    """Runs programs in projects as the accounts of people; ended with whoever asks."""

    reactor: IReactorChildren
    helper: HelperCall
    accounts: Accounts
    root: Path
    """Where projects are."""
    limits: Mapping[str, Limit] = field(factory=dict)
    timeout: int = _TOOL_SECONDS

    async def run(
        self,
        user: UserName,
        path: ProjectPath,
        argv: tuple[str, ...],
        environment: Mapping[str, str],
        hear: Callable[[str], None] = no_output,
    ) -> Ended:
        """Run a program in the project's directory; return how it ended.

        :param hear: called with each line that it prints.
        :raises Failed: it could not be run; says why.
        """
        account = await self.accounts.find(user)
        lines: deque[str] = deque(maxlen=_KEPT)

        def heard(line: str) -> None:
            lines.append(line)
            hear(line)

        request = {
            "launch": new_id(),
            "project": f"tool-{path.owner}",
            "user": user,
            "owner": path.owner,
            "name": path.name,
            "argv": list(argv),
            "environment": {**own_variables(user, account.home), **environment},
            "files": {},
            "directory": str(self.root / path.owner / path.name),
            "limits": limits_as_json(self.limits),
            "timeout": self.timeout,
        }
        command = self.helper.command(
            "tool", request, self.timeout + _SECONDS, attended=True
        )
        found = await ask_helper(self.reactor, "tool", command, unheard, heard)
        return Ended(int(found["status"]), tuple(lines))
