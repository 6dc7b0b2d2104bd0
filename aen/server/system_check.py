"""How the server itself is, as far as it can tell from inside."""

import platform

import twisted
from attrs import frozen

from aen.model.administration import Area, demand_area
from aen.model.counting import counted
from aen.model.errors import AenError
from aen.model.tasks import TaskState
from aen.model.users import Caller
from aen.runtime.version import own_version
from aen.server.audit import Clock
from aen.server.backup.keeping import NAME as BACKUP
from aen.server.backup.keeping import in_a_sentence
from aen.server.directories.door import Door
from aen.server.site_settings import SiteSettings
from aen.server.store.archive import Archive
from aen.server.store.collection import Database
from aen.server.store.tasks import TasksWanted
from aen.server.visitors import Visitors

_SLOW = 0.25
"""Seconds after which the store counts as slow."""


@frozen
class Finding:
    """One thing looked at, in a sentence."""

    good: bool
    text: str


@frozen
class System:
    """What was found."""

    findings: tuple[Finding, ...]
    versions: tuple[tuple[str, str], ...]


class SystemCheck:
    """Looks at what the server stands on."""

    def __init__(
        self,
        archive: Archive,
        database: Database,
        door: Door,
        site: SiteSettings,
        visitors: Visitors,
        clock: Clock,
    ) -> None:
        self._archive = archive
        self._database = database
        self._door = door
        self._site = site
        self._visiting = visitors
        self._clock = clock

    async def look(self, caller: Caller) -> System:
        """Return how everything is, what is wrong first."""
        demand_area(caller, Area.SYSTEM)
        found = [await self._store()]
        for look in (
            self._accounts, self._directory, self._mail, self._tasks, self._chores,
            self._backups, self._nodes, self._visitors,
        ):  # fmt: skip
            try:
                found += await look()
            except AenError as error:
                found.append(Finding(False, error.message))
        found.sort(key=lambda one: one.good)
        return System(tuple(found), _versions())

    async def _store(self) -> Finding:
        began = self._clock.seconds()
        try:
            await self._database.ping()
        except AenError as error:
            return Finding(False, f"The store does not answer: {error.message}")
        took = self._clock.seconds() - began
        told = f"The store answers in {took * 1000:.0f} ms."
        return Finding(took < _SLOW, told)

    async def _accounts(self) -> list[Finding]:
        count = await self._archive.users.superusers()
        told = f"{counted(count, 'administrator')} can sign in."
        if count == 1:
            told += " A second one helps when the first is away."
        return [Finding(count > 0, told)]

    async def _directory(self) -> list[Finding]:
        health = await self._door.watch.health()
        return [Finding(health.good, health.text)]

    async def _mail(self) -> list[Finding]:
        smtp = await self._site.smtp()
        if smtp is None:
            told = "No mail is sent: forgotten passwords need an administrator."
            return [Finding(True, told)]
        return [Finding(True, f"Mail goes out through {smtp.host}.")]

    async def _tasks(self) -> list[Finding]:
        counts = {
            state: await self._archive.tasks.count(TasksWanted(state))
            for state in (TaskState.QUEUED, TaskState.RUNNING, TaskState.FAILED)
        }
        going = f"{counts[TaskState.RUNNING]} running, {counts[TaskState.QUEUED]} wait"
        failed = counts[TaskState.FAILED]
        found = [Finding(True, f"Tasks: {going}.")]
        if failed:
            told = f"{counted(failed, 'task')} failed: the list of tasks says why."
            found.append(Finding(False, told))
        return found

    async def _chores(self) -> list[Finding]:
        chores = await self._archive.schedule.all()
        if not chores:
            return [Finding(False, "No worker has been there yet: is one running?")]
        bad = [one for one in chores if not one.good and one.name != BACKUP]
        found = [
            Finding(False, f"{one.title}: {one.outcome or 'failed'}") for one in bad
        ]
        return found or [Finding(True, "What is done by the clock succeeds.")]

    async def backups(self, caller: Caller) -> Finding:
        """Return how backups by the clock are."""
        demand_area(caller, Area.SYSTEM)
        return (await self._backups())[0]

    async def _backups(self) -> list[Finding]:
        turns = await self._archive.schedule.all()
        turn = next((one for one in turns if one.name == BACKUP), None)
        return [Finding(*in_a_sentence(turn, self._clock.seconds()))]

    async def _visitors(self) -> list[Finding]:
        trouble = await self._visiting.trouble()
        return [Finding(False, trouble)] if trouble else []

    async def _nodes(self) -> list[Finding]:
        ours, found = own_version(), []
        centers = await self._archive.centers.all()
        if not centers:
            found.append(Finding(False, "There is no data center yet."))
        for center in centers:
            for health in (await self._archive.centers.health(center.name)).values():
                if not health.answering:
                    told = f"The node “{health.name}” of “{center.name}” is silent."
                    found.append(Finding(False, told))
                elif ours and health.version and health.version != ours:
                    told = f"“{health.name}” runs version {health.version}, not {ours}."
                    found.append(Finding(False, told))
        return found or [Finding(True, "Every node answers.")]


def _versions() -> tuple[tuple[str, str], ...]:
    return (
        ("AEN", own_version() or "a checkout"),
        ("Python", platform.python_version()),
        ("Twisted", twisted.__version__),
        ("System", f"{platform.system()} {platform.release()}"),
    )
