"""Accounts whose passwords are in our own store."""

from aen.model.users import LOCAL
from aen.server.directories.directory import Person, Reason, Refusal
from aen.server.passwords import Passwords
from aen.server.store.users import Users


class Local:
    """Checks against the hashes in the store; takes as long whoever is asked for."""

    def __init__(self, users: Users, passwords: Passwords) -> None:
        self._users = users
        self._passwords = passwords

    async def check(self, name: str, password: str) -> Person | Refusal:
        """Return the person of a local account, or why there is none."""
        found = await self._users.hash_of(name)
        local = found is not None and found[0].source == LOCAL and bool(found[1])
        known = found[1] if found is not None and local else None
        right = await self._passwords.verify(known, password)
        if found is None or known is None:
            return Refusal(Reason.UNKNOWN)
        if not right:
            return Refusal(Reason.WRONG)
        user = found[0]
        if self._passwords.outdated(known):
            renewed = await self._passwords.hash(password)
            await self._users.rehash(user.id, known, renewed)
        return Person(user.name, user.display_name, user.email)
