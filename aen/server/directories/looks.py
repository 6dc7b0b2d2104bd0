"""Looks whether a directory still knows its people, and shuts out who is gone."""

from twisted.internet.interfaces import IReactorTime

from aen.model.errors import Failed
from aen.model.users import LOCAL, User
from aen.server.accounts import Accounts
from aen.server.directories.choosing import source
from aen.server.directories.directory import Person
from aen.server.settings import ServerSettings
from aen.server.store.users import Users


class Looks:
    """Work by the clock: one look at each account of the back end in use."""

    def __init__(
        self,
        users: Users,
        accounts: Accounts,
        settings: ServerSettings,
        clock: IReactorTime,
    ) -> None:
        self._users = users
        self._accounts = accounts
        self._settings = settings
        self._clock = clock

    async def look(self) -> str:
        """Look for those not looked for longest; return what was done.

        :raises Unavailable: the back end does not answer.
        :raises Failed: more are gone than can be right; nobody is shut out.
        """
        kept = source(self._settings.accounts)
        if kept == LOCAL:
            return ""
        found = await self._users.to_look_for(kept, self._settings.accounts_look_most)
        gone = [user for user in found if await self._is_gone(user)]
        if len(gone) > max(1, len(found) // 2):
            raise Failed(
                f"The directory knows {len(gone)} of {len(found)} people no more. That"
                " looks like a mistake in its settings, so nobody was shut out; see"
                " “aen-server-admin check-accounts”."
            )
        for user in gone:
            await self._accounts.shut_gone(user)
        return f"{len(gone)} of {len(found)} people are gone." if gone else ""

    async def _is_gone(self, user: User) -> bool:
        door = self._accounts.door
        name = user.source_name or user.name
        found = await door.look(name)
        await self._users.change(user.id, {"looked": self._clock.seconds()})
        if not isinstance(found, Person):
            return found is not None
        if user.source_id and found.id and user.source_id != found.id:
            return True
        await door.renew(user, found, name)
        return False
