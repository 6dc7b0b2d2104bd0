"""The verbs: what can be asked of the helper, with the form of each argument."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aen.compute.disk.telling import Tell
from aen.compute.helper import arguments as a
from aen.compute.helper import ending
from aen.compute.helper.accounts import Account, ensure
from aen.compute.helper.caller import Caller
from aen.compute.helper.cgroups import Cgroups, read_mounts
from aen.compute.helper.ground import prepare
from aen.compute.helper.private import Runtime
from aen.compute.helper.settings import Settings
from aen.compute.helper.spawning import Place, Wanted, run_tool, start
from aen.compute.helper.staying import get_ready

_ERRORS = 2
"""The app's log: whoever calls has put it there."""


@dataclass(frozen=True)
class Call:
    """Who calls, under which settings, and how progress is told."""

    settings: Settings
    caller: Caller
    tell: Tell
    hear: Callable[[str], None]

    def account(self, name: str) -> Account:
        """Return the account of a person who may work here."""
        return ensure(self.settings, name, self.caller.uid)


@dataclass(frozen=True)
class Verb:
    """What one word does."""

    work: Callable[..., Any]
    arguments: Mapping[str, a.Check] = field(default_factory=dict)
    seconds: int = 60
    """After which it is given up."""
    ways: frozenset[str] = frozenset({"alone", "attended"})
    """How it may be asked: ``logged`` is by an attendant, with the log of an app."""


def _attend(call: Call) -> dict[str, bool]:
    """Let the program stay when this is said; say whether it can take descriptors."""
    return {"passes": get_ready()}


def _probe(call: Call) -> dict[str, Any]:
    """Say what this machine can do for accounts."""
    groups = Cgroups(read_mounts())
    runtime = Runtime(call.settings.runtime)
    return {
        "uid": call.caller.uid,
        "acl": runtime.has_lists(),
        "service_account": call.settings.service_account,
        "project_root": call.settings.project_root,
        "runtime": call.settings.runtime,
        "manage_accounts": call.settings.manage_accounts,
        "limits_by": groups.flavour(),
        "kills": groups.kills(),
        "protected_links": _protected("hardlinks"),
    }


def _protected(what: str) -> bool:
    try:
        with open(f"/proc/sys/fs/protected_{what}", encoding="ascii") as file:
            return file.read().strip() != "0"
    except OSError:
        return False


def _account(call: Call, user: str) -> dict[str, Any]:
    found = call.account(user)
    return {"uid": found.uid, "gid": found.gid, "home": found.home}


def _spawn(call: Call, user: str, owner: str, name: str, **rest: Any) -> dict[str, Any]:
    root = start(_place(call), call.account(user), Wanted(**rest), _ERRORS)
    return {"pid": root.pid, "started": root.started}


def _tool(
    call: Call, user: str, owner: str, name: str, timeout: int, **rest: Any
) -> dict[str, Any]:
    account, wanted = call.account(user), Wanted(**rest)
    return {"status": run_tool(_place(call), account, wanted, call.hear)}


def _place(call: Call) -> Place:
    runtime = Runtime(call.settings.runtime)
    return Place(runtime, Cgroups(read_mounts()), call.caller.uid)


def _signal(call: Call, launch: str) -> bool:
    return ending.ask(Runtime(call.settings.runtime), launch)


def _kill(call: Call, launches: tuple[str, ...]) -> dict[str, int]:
    runtime, groups = Runtime(call.settings.runtime), Cgroups(read_mounts())
    return {"left": sum(ending.end(runtime, groups, one) for one in launches)}


def _forget(call: Call, launch: str) -> None:
    ending.forget(Runtime(call.settings.runtime), Cgroups(read_mounts()), launch)


def _sweep(call: Call, keep: tuple[str, ...]) -> dict[str, int]:
    runtime, groups = Runtime(call.settings.runtime), Cgroups(read_mounts())
    return {"ended": ending.sweep(runtime, groups, keep)}


def _prepare(call: Call) -> None:
    from aen.compute.disk import taken  # noqa: PLC0415 -- launches do without

    prepare(call.settings.project_root, call.caller)
    taken.sweep(call.settings.project_root, _STALE)


def _disk(verb: str, *, telling: bool = False) -> Callable[..., Any]:
    def work(call: Call, **given: Any) -> Any:
        from aen.compute.helper.projects import (  # noqa: PLC0415 -- launches do without
            Projects,
        )

        if telling:
            given["tell"] = call.tell
        return getattr(Projects(call.settings, call.caller), verb)(**given)

    return work


_PROJECT = {"owner": a.user, "name": a.project}
_RUNNING = {
    **_PROJECT,
    "launch": a.launch,
    "user": a.user,
    "project": a.project_id,
    "argv": a.argv,
    "environment": a.variables,
    "files": a.files,
    "directory": a.path,
    "limits": a.limits,
}
_TEAM = {**_PROJECT, "team": a.people}
_OLD = {"old_owner": a.user, "old_name": a.project}
_STALE = 3600  # seconds: what is taken over and that old is of a call long dead
_LONG = 1800  # seconds: a permission pass over millions of files
_SILENT = 300  # seconds: of a stream that does not move; it gets them anew as it does

_ALONE = frozenset({"alone"})

VERBS: Mapping[str, Verb] = {
    "attend": Verb(_attend, ways=_ALONE),
    "probe": Verb(_probe),
    "account": Verb(_account, {"user": a.user}),
    "prepare": Verb(_prepare),
    "adopt": Verb(_disk("adopt", telling=True), {**_TEAM, "staging": a.staging}, _LONG),
    "place": Verb(
        _disk("place", telling=True),
        {**_TEAM, "staging": a.staging, "environment": a.environment_name},
        _LONG,
    ),
    "rights": Verb(
        _disk("rights", telling=True),
        {**_TEAM, "before": a.people_or_none, "reset": a.flag},
        _LONG,
    ),
    "door": Verb(_disk("door"), _TEAM),
    "check": Verb(_disk("check"), {**_TEAM, "environment": a.environment_name}),
    "remove": Verb(_disk("remove"), _PROJECT, _LONG),
    "move": Verb(_disk("move"), {**_TEAM, **_OLD}, _LONG),
    "relocate": Verb(
        _disk("relocate"), {**_PROJECT, **_OLD, "old_root": a.path_or_none}, _LONG
    ),
    "send": Verb(_disk("send"), _TEAM, _SILENT, ways=_ALONE),
    "receive": Verb(
        _disk("receive", telling=True),
        {**_TEAM, "staging": a.staging},
        _SILENT,
        ways=_ALONE,
    ),
    "duplicate": Verb(_disk("duplicate"), {**_PROJECT, **_OLD}, _LONG),
    "measure": Verb(_disk("measure"), _PROJECT),
    "environments": Verb(_disk("environments"), _PROJECT),
    "spawn": Verb(_spawn, _RUNNING, ways=frozenset({"alone", "logged"})),
    "tool": Verb(_tool, {**_RUNNING, "timeout": a.seconds}, ways=_ALONE),
    "signal": Verb(_signal, {"launch": a.launch}),
    "kill": Verb(_kill, {"launches": a.launches}),
    "forget": Verb(_forget, {"launch": a.launch}),
    "sweep": Verb(_sweep, {"keep": a.launches}, 300),
}
