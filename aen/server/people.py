"""People, for administrators: who they are, what they have, what they may do."""

from attrs import frozen

from aen.model.administration import Area, demand_area
from aen.model.errors import Conflict
from aen.model.users import Caller, Role, User
from aen.runtime.tasks import together
from aen.server.access import Access, session_info
from aen.server.accounts import Accounts
from aen.server.api_tokens import ApiTokens
from aen.server.audit import Clock
from aen.server.records import AccountChanges, Page, SessionInfo, TokenInfo
from aen.server.store.archive import Archive
from aen.server.store.user_search import UsersWanted


@frozen
class Person:
    """A line of the list."""

    user: User
    projects: int
    """How many projects they own."""


@frozen
class PersonDetails:
    """What administrators see of one person."""

    user: User
    projects: int
    sessions: tuple[SessionInfo, ...]
    tokens: tuple[TokenInfo, ...]


@frozen
class People:
    """What administrators do with accounts, besides what people do themselves."""

    archive: Archive
    clock: Clock
    access: Access
    accounts: Accounts
    api_tokens: ApiTokens

    async def listing(
        self,
        caller: Caller,
        wanted: UsersWanted,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page[Person]:
        """Return the accounts that are *wanted*."""
        demand_area(caller, Area.USERS)
        page = await self.archive.user_search.page(wanted, cursor, limit)
        owned = self.archive.projects.owned
        counts = await together([owned(one.name) for one in page.items])
        shown = [Person(one, own) for one, own in zip(page.items, counts, strict=True)]
        return Page(tuple(shown), page.next)

    async def one(self, caller: Caller, name: str) -> PersonDetails:
        """Return what is known of one person."""
        demand_area(caller, Area.USERS)
        user = await self.access.user(name)
        now = self.clock.seconds()
        sessions = await self.archive.sessions.of_user(user.id, now)
        return PersonDetails(
            user,
            await self.archive.projects.owned(user.name),
            tuple(session_info(one, caller.session) for one in sessions),
            await self.api_tokens.tokens_of(user),
        )

    async def set_role(self, caller: Caller, name: str, role: Role) -> User:
        """Give somebody another role.

        :raises Conflict: it is oneself, or the last administrator.
        """
        demand_area(caller, Area.USERS)
        if name == caller.user.name and role is not Role.SUPERUSER:
            raise Conflict("Ask another administrator to take your own role.")
        return await self.accounts.change_user(caller, name, AccountChanges(role=role))

    async def set_disabled(self, caller: Caller, name: str, *, disabled: bool) -> User:
        """Disable an account, which ends all of its sessions, or enable it.

        :raises Conflict: it is oneself, or the last administrator.
        """
        demand_area(caller, Area.USERS)
        if name == caller.user.name and disabled:
            raise Conflict("Ask another administrator to disable your own account.")
        changes = AccountChanges(disabled=disabled)
        return await self.accounts.change_user(caller, name, changes)

    async def end_sessions(self, caller: Caller, name: str) -> None:
        """Sign somebody out, in every browser."""
        demand_area(caller, Area.USERS)
        user = await self.access.user(name)
        await self.access.sign_out_everywhere(caller, user)

    async def end_token(self, caller: Caller, name: str, key: str) -> None:
        """End an API token of somebody."""
        demand_area(caller, Area.USERS)
        user = await self.access.user(name)
        await self.api_tokens.end_token_of(caller, user, key)
