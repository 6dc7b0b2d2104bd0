"""Looks whether a directory still knows its people, and shuts out who is gone."""

from attrs import frozen
from twisted.internet.interfaces import IReactorTime

from aen.model.errors import Failed
from aen.model.users import LOCAL, User
from aen.server.accounts import Accounts
from aen.server.directories.choosing import source
from aen.server.directories.directory import Person
from aen.server.directories.door import Door
from aen.server.settings import ServerSettings
from aen.server.store.users import Users


@frozen
class Looks:
    """Work by the clock: one look at each account of the back end in use."""

    users: Users
    accounts: Accounts
    door: Door
    settings: ServerSettings
    clock: IReactorTime

    async def look(self) -> str:
        """Look for those not looked for longest; return what was done.

        :raises Unavailable: the back end does not answer.
        :raises Failed: more are gone than can be right; nobody is shut out.
        """
        kept = source(self.settings.accounts)
        if kept == LOCAL:
            return ""
        found = await self.users.to_look_for(kept, self.settings.accounts_look_most)
        gone = [user for user in found if await self._is_gone(user)]
        if len(gone) > max(1, len(found) // 2):
            raise Failed(
                f"The directory knows {len(gone)} of {len(found)} people no more. That"
                " looks like a mistake in its settings, so nobody was shut out; see"
                " “aen-server-admin check-accounts”."
            )
        for user in gone:
            await self.accounts.shut_gone(user)
        return f"{len(gone)} of {len(found)} people are gone." if gone else ""

    async def _is_gone(self, user: User) -> bool:
        name = user.source_name or user.name
        found = await self.door.look(name)
        await self.users.change(user.id, {"looked": self.clock.seconds()})
        if not isinstance(found, Person):
            return found is not None
        if user.source_id and found.id and user.source_id != found.id:
            return True
        await self.door.renew(user, found, name)
        return False
