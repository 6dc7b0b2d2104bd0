"""In which of two ways a node works: single-user mode, or people's real accounts."""

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import evolve, field, frozen

from aen.compute.cgroups import groups_of_machine
from aen.compute.helper.settings import DEFAULT
from aen.compute.limits import Bounds
from aen.compute.programs.steps import HelperCall, by_root, by_sudo
from aen.compute.settings import ComputeSettings
from aen.model.errors import Failed, Invalid

_SECONDS = 30.0
_WANTED = "“multiuser” is true, but "


@frozen
class Mode:
    """How a node works, and what it says of that."""

    helper: HelperCall | None = None
    """How the helper is called; None: single-user mode."""
    runtime: Path | None = None
    """Where the helper makes private directories."""
    refused: tuple[str, ...] = ()
    """Accounts that may not own, join or start projects."""
    messages: tuple[str, ...] = ()
    """What does not hold on this node, a sentence each."""
    found: Mapping[str, Any] = field(factory=dict)
    """What the helper says of the machine."""

    @property
    def limits_by(self) -> str:
        """What holds limits: ``cgroup v2``, ``cgroup v1`` or ``rlimits``."""
        return str(self.found.get("limits_by") or groups_of_machine().flavour())

    @property
    def single_user(self) -> bool:
        """Whether all belongs to the account that runs the node."""
        return self.helper is None


def find_mode(
    settings: ComputeSettings, environment: Mapping[str, str], euid: int
) -> Mode:
    """Return how the node is to work; asks the helper, and waits for it.

    :param environment: all that the helper gets of ours.
    :raises Invalid: real accounts are wanted and cannot be had; says what is missing.
    """
    mode = _find(settings, environment, euid)
    return evolve(
        mode,
        messages=(
            *mode.messages,
            *limit_problems(settings.limits, mode),
            *visitor_problems(settings.ANON_USER, mode),
        ),
    )


def _find(settings: ComputeSettings, environment: Mapping[str, str], euid: int) -> Mode:
    if settings.multiuser is False:
        return Mode()
    helper = _helper(settings, environment, euid)
    if isinstance(helper, str):
        return _without(settings, helper)
    try:
        found = _ask(helper, "probe")
        _demand_same_root(settings, str(found["project_root"]))
        _ask(helper, "prepare")
    except Failed as error:
        return _without(settings, error.message, broken=True)
    refused = ("root", str(found["service_account"]))
    return Mode(helper, Path(found["runtime"]), refused, problems(found), found)


def problems(found: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what does not hold on a machine of real accounts, a sentence each.

    :param found: what the helper's probe says.
    """
    said = []
    if not found.get("acl"):
        said.append(
            f"No app can start: the file system of {found.get('runtime')} has no ACLs;"
            " set “runtime” in the helper's settings to a directory below /run."
        )
    if not found.get("protected_links"):
        said.append(
            "Anybody may make a second name for other people's files: set the kernel's"
            " fs.protected_hardlinks to 1 (sysctl)."
        )
    return tuple(said)


def visitor_problems(visitors: str | None, mode: Mode) -> tuple[str, ...]:
    """Return what does not hold where apps are run for visitors, in a sentence."""
    text = (
        "Apps for visitors who have not signed in (ANON_USER) run as the account that"
        " runs this node, like all others; install the helper to keep them apart."
    )
    return (text,) if visitors is not None and mode.single_user else ()


def limit_problems(bounds: Bounds, mode: Mode) -> tuple[str, ...]:
    """Return which of the limits that are set do not hold, in a sentence."""
    wanted = any(
        one.memory or one.cpu or one.processes
        for one in (bounds.app, bounds.project, bounds.node)
    )
    text = (
        "This node has no control groups to limit apps with: memory is limited for"
        " each process, processes for each account, CPU and whole projects not at all."
    )
    return (text,) if wanted and mode.limits_by == "rlimits" else ()


def _demand_same_root(settings: ComputeSettings, helpers: str) -> None:
    """Raise `Failed` if the helper works on another project root than the node."""
    if os.path.realpath(helpers) != os.path.realpath(settings.projectRoot):
        raise Failed(
            f"the helper's settings name another project root, {helpers}; set"
            " “project_root” there and “projectRoot” here to the same."
        )


def _without(settings: ComputeSettings, why: str, *, broken: bool = False) -> Mode:
    """Return single-user mode, or refuse it where that is not what was wanted.

    :param broken: whether there is a helper; it is told of where nothing was wanted.
    """
    if settings.multiuser:
        raise Invalid(_WANTED + why)
    return Mode(messages=(f"No real accounts: {why}",) if broken else ())


def _helper(
    settings: ComputeSettings, environment: Mapping[str, str], euid: int
) -> HelperCall | str:
    """Return how the helper is called, or what is missing."""
    if euid == 0:
        named = settings.helper_settings or DEFAULT
        if Path(named).exists():
            return by_root(named, environment)
        return (
            f"there are no settings of the helper at {named}; run aen-helper-install."
        )
    if not os.access(settings.helper, os.X_OK):
        return (
            f"there is no program at {settings.helper}; run aen-helper-install as root,"
            " or set “multiuser” to false."
        )
    return by_sudo(settings.helper, environment)


def _ask(helper: HelperCall, verb: str) -> Any:
    """Return the helper's result for a verb.

    :raises Failed: there is none; with the helper's words, or the system's.
    """
    answer: Any
    command = helper.command(verb, {}, _SECONDS)
    try:
        done = subprocess.run(  # noqa: S603 -- before there is a reactor
            command.argv,
            input=command.input,
            env=dict(command.environment),
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
        lines = done.stdout.splitlines()
        answer = json.loads(lines[-1]) if lines else {"error": _last(done.stderr)}
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        answer = {"error": error}
    if isinstance(answer, dict) and "result" in answer:
        return answer["result"]
    said = answer.get("error", answer) if isinstance(answer, dict) else answer
    raise Failed(f"the helper says: {str(said)[:300]}")


def _last(text: bytes) -> str:
    lines = text.decode("utf-8", "replace").strip().splitlines() or ["nothing at all."]
    return lines[-1][:300]
