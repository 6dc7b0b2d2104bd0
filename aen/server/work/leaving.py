"""Removing an account once the last of its projects is gone."""

from attrs import frozen
from typing_extensions import override

from aen.model.projects import State
from aen.model.tasks import Task
from aen.server.accounts import Accounts
from aen.server.rooms import Rooms
from aen.server.store.archive import Archive
from aen.server.store.project_finder import Looking
from aen.server.store.tasks import Holder
from aen.server.work.hands import Hand, TryAgain

_SHOWN = 3


@frozen
class LeavingWork(Hand):
    """Does the tasks of accounts that were closed."""

    accounts: Accounts
    archive: Archive

    @classmethod
    def of(cls, rooms: Rooms) -> "LeavingWork":
        """Return what removes the accounts of *rooms*."""
        return cls(rooms.accounts, rooms.archive)

    @override
    async def do(self, task: Task, holder: Holder) -> None:
        """Remove the account, unless somebody has enabled it again.

        :raises TryAgain: projects of it are still there.
        """
        user = await self.archive.users.with_id(str(task.arguments["user"]))
        if user is None or not user.disabled:
            return
        looking = Looking(reader=None, owner=user.name)
        left = await self.archive.projects.finder.page(looking, None, _SHOWN)
        if left.items:
            names = ", ".join(str(one.path) for one in left.items)
            failed = any(one.state is State.FAILED for one in left.items)
            how = "could not be deleted yet" if failed else "are being deleted"
            more = " and others" if left.next else ""
            raise TryAgain(f"Projects of “{user.name}” {how}: {names}{more}.")
        await self.accounts.forget(task.by, user)
