"""The steps on projects of real accounts: names become numbers, the disk's own do it.

Paths come from the settings; what is asked holds names only.
"""

import os
import signal
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from aen.compute.disk import (
    duplicating,
    listing,
    moving,
    relocating,
    rights,
    shipping,
    taken,
)
from aen.compute.disk.acl import Person, Team
from aen.compute.disk.measure import measure
from aen.compute.disk.telling import Tell
from aen.compute.disk.unpacking import Owners
from aen.compute.helper.accounts import Account, Missing, ensure, group_open
from aen.compute.helper.arguments import People
from aen.compute.helper.caller import Caller
from aen.compute.helper.persons import as_person
from aen.compute.helper.settings import Settings
from aen.compute.helper.trust import open_trusted

_MOST_ENTRIES = 500_000
_MEASURING = 10.0  # seconds
SILENT = 300
"""Seconds in which nothing is sent or received, after which that is given up."""


def _unheard(done: int, total: int) -> None:
    """Take a report: whoever works as a person tells nothing before the end."""


def _goes_on() -> None:
    """Give a stream that has just moved its time anew."""
    signal.alarm(SILENT)


class Projects:
    """The projects below the project root, for one call."""

    def __init__(self, settings: Settings, caller: Caller) -> None:
        self._settings = settings
        self._caller = caller
        self._root = settings.project_root

    def adopt(
        self, staging: str, owner: str, name: str, team: People, tell: Tell
    ) -> Any:
        """Take over a staged project and put it in its place."""
        account = self._account(owner)
        return taken.adopt(
            self._checked_root(), self._caller.uid, staging, owner, name,
            self._team(account, team), tell,
        )  # fmt: skip

    def place(
        self, staging: str, owner: str, name: str, environment: str, team: People,
        tell: Tell,
    ) -> Any:  # fmt: skip
        """Put a staged environment into a project."""
        account = self._account(owner)
        return taken.place(
            self._checked_root(), self._caller.uid, staging, owner, name, environment,
            self._team(account, team), tell,
        )  # fmt: skip

    def rights(
        self, owner: str, name: str, team: People, before: People | None, *,
        reset: bool, tell: Tell,
    ) -> Any:  # fmt: skip
        """Set the rights of all files as the team is now."""
        account = self._account(owner)
        known = None if before is None else self._team(account, before)
        wanted = self._team(account, team)
        root = self._checked_root()
        return rights.apply(root, owner, name, wanted, known, reset, tell)

    def door(self, owner: str, name: str, team: People) -> Any:
        """Let nobody into the project who is not of its team."""
        wanted = self._team(self._account(owner), team)
        return rights.narrow_door(self._checked_root(), owner, name, wanted)

    def check(self, owner: str, name: str, environment: str, team: People) -> Any:
        """Say whether project and environment are there; keep the door."""
        wanted = self._team(self._account(owner), team)
        return taken.check(self._checked_root(), owner, name, environment, wanted)

    def remove(self, owner: str, name: str) -> Any:
        """Take a project off the disk."""
        return taken.remove(self._checked_root(), owner, name)

    def move(
        self, owner: str, name: str, old_owner: str, old_name: str, team: People
    ) -> Any:
        """Put a project in another place, and give it to its owner."""
        wanted = self._team(self._account(owner), team)
        root = self._checked_root()
        return moving.hand_over(root, owner, name, old_owner, old_name, wanted)

    def relocate(
        self, owner: str, name: str, old_owner: str, old_name: str, old_root: str
    ) -> Any:
        """Let a project's environments name its place, with its owner's rights."""
        root = self._checked_root()
        places = (owner, name, old_owner, old_name, old_root)
        account = self._account(owner)
        return as_person(account, lambda: relocating.relocate(root, *places))

    def duplicate(self, owner: str, name: str, old_owner: str, old_name: str) -> Any:
        """Copy what another project holds, as far as this one's owner may read it."""
        root = self._checked_root()
        places = (owner, name, old_owner, old_name)
        account = self._account(owner)
        return as_person(
            account, lambda: duplicating.duplicate(root, *places, _unheard)
        )

    def send(self, owner: str, name: str, team: People) -> Any:
        """Write a project's files to the standard output, whoever of the team's."""
        account = self._account(owner)
        people = {one.uid: one.name for one in self._accounts(team)}
        people[account.uid] = owner
        root = self._checked_root()
        return shipping.send_owned(root, owner, name, account.uid, people, _goes_on)

    def receive(
        self, staging: str, owner: str, name: str, team: People, tell: Tell
    ) -> Any:
        """Put what the standard input says in a project's place, as its people's."""
        account = self._account(owner)
        uids = {one.name: one.uid for one in self._accounts(team)}
        owners = Owners(self._team(account, team), {**uids, owner: account.uid})
        root = self._checked_root()
        return shipping.receive_owned(
            root, staging, owner, name, owners, tell, _goes_on
        )

    def measure(self, owner: str, name: str) -> Any:
        """Say how many bytes a project occupies."""
        root = self._checked_root()
        return measure(root, owner, name, _MOST_ENTRIES, _MEASURING)

    def environments(self, owner: str, name: str) -> Any:
        """List a project's environments, as its owner sees them."""
        root = self._checked_root()
        account = self._account(owner)
        return as_person(account, lambda: listing.environments(root, owner, name))

    def _checked_root(self) -> str:
        os.close(open_trusted(self._root))
        return self._root

    def _account(self, name: str) -> Account:
        return ensure(self._settings, name, self._caller.uid)

    def _accounts(self, people: Iterable[tuple[str, str]]) -> list[Account]:
        """Return the accounts of those who have one."""
        found = []
        for name, _ in people:
            with suppress(Missing):
                found.append(self._account(name))
        return found

    def _team(self, owner: Account, people: Iterable[tuple[str, str]]) -> Team:
        """Return who may work in the project; members without an account cannot."""
        found = []
        for name, access in people:
            with suppress(Missing):
                one = self._account(name)
                found.append(Person(one.uid, one.gid, access))
        whose = Person(owner.uid, owner.gid, "rwx")
        return Team(whose, tuple(found), group_open(self._settings, owner))
