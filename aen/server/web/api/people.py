"""People and their tokens."""

from attrs import frozen

from aen.model.administration import Area, area
from aen.model.names import parse_whole_path
from aen.model.rights import EVERY_SCOPE, PERSON, SUPERUSER, own, person
from aen.model.users import Role
from aen.server.choices import chosen
from aen.server.records import AccountChanges, Page
from aen.server.rooms import Rooms
from aen.server.web.api.operation import Call, Operation, operation
from aen.server.web.api.values import (
    MeObject,
    NewTokenBody,
    NewTokenObject,
    NewUserBody,
    TokenObject,
    UserChangesBody,
    UserObject,
    new_token_object,
    token_object,
    user_object,
)


@frozen
class ResetObject:
    """A link for a new password; this is the only time it is shown."""

    url: str
    hours: float
    """How long it is good for."""


@frozen
class People:
    """``/me``, ``/users`` and ``/tokens``."""

    rooms: Rooms

    @operation(
        Operation("GET", "/me", "Who you are", MeObject, right=person(*EVERY_SCOPE))
    )
    async def me(self, call: Call) -> MeObject:
        """Tell who asks."""
        caller = call.person
        user = caller.user
        scopes = None if caller.scopes is None else tuple(sorted(caller.scopes))
        return MeObject(
            username=user.name,
            name=user.display_name,
            email=user.email if scopes is None else "",
            role=user.role.value,
            scopes=scopes,
            project=caller.project,
            url=user.url,
            company=user.company,
            location=user.location,
            notices=user.notices if scopes is None else None,
        )

    @operation(
        Operation(
            "GET",
            "/users",
            "Accounts",
            UserObject,
            query=("q",),
            pages=True,
            right=PERSON,
        )
    )
    async def users(self, call: Call) -> Page[UserObject]:
        """List accounts by name."""
        query = call.query
        page = await self.rooms.accounts.users(
            call.person, query["q"], query.cursor, query.limit
        )
        private = call.person.is_superuser
        shown = tuple(user_object(one, private=private) for one in page.items)
        return Page(shown, page.next)

    @operation(
        Operation(
            "POST",
            "/users",
            "Make an account",
            UserObject,
            NewUserBody,
            201,
            right=SUPERUSER,
        )
    )
    async def add_user(self, call: Call) -> UserObject:
        """Make an account; for administrators."""
        body: NewUserBody = call.body
        user = await self.rooms.accounts.add_user(
            call.person, body.username, body.password, body.email, body.name
        )
        return user_object(user, private=True)

    @operation(
        Operation("GET", "/users/{user}", "One account", UserObject, right=PERSON)
    )
    async def user(self, call: Call, user: str) -> UserObject:
        """Show an account."""
        found = await self.rooms.access.user(user)
        asker = call.person
        mine = asker.user.name == found.name and asker.scopes is None
        return user_object(found, private=asker.is_superuser or mine)

    @operation(
        Operation(
            "PATCH",
            "/users/{user}",
            "Change an account",
            UserObject,
            UserChangesBody,
            right=own(Role.SUPERUSER),
        )
    )
    async def change_user(self, call: Call, user: str) -> UserObject:
        """Change an account: one's own profile, or anything as administrator."""
        body: UserChangesBody = call.body
        changes = AccountChanges(
            display_name=body.name,
            email=body.email,
            url=body.url,
            company=body.company,
            location=body.location,
            notices=body.notices,
            role=None if body.role is None else chosen(Role, body.role, "role"),
            disabled=body.disabled,
            password=body.password,
        )
        changed = await self.rooms.accounts.change_user(call.person, user, changes)
        return user_object(changed, private=True)

    @operation(
        Operation("DELETE", "/users/{user}", "Remove an account", right=SUPERUSER)
    )
    async def remove_user(self, call: Call, user: str) -> None:
        """Remove an account that owns no project."""
        await self.rooms.accounts.remove_user(call.person, user)

    @operation(
        Operation(
            "POST", "/users/{user}/reset", "Make a link for a new password",
            ResetObject, status=201, right=area(Area.RESETS),
        )
    )  # fmt: skip
    async def reset(self, call: Call, user: str) -> ResetObject:
        """Make a link under which somebody chooses a new password; older ones end."""
        settings = self.rooms.settings
        secret = await self.rooms.password_changes.make_reset(call.person, user)
        url = f"{settings.public_url}/account/reset/{secret}"
        return ResetObject(url, settings.reset_hours)

    @operation(
        Operation(
            "GET", "/tokens", "Your tokens", TokenObject, pages=True, right=PERSON
        )
    )
    async def tokens(self, call: Call) -> Page[TokenObject]:
        """List one's own tokens."""
        found = await self.rooms.api_tokens.tokens(call.person)
        return Page(tuple(token_object(one) for one in found))

    @operation(
        Operation(
            "POST",
            "/tokens",
            "Make a token",
            NewTokenObject,
            NewTokenBody,
            201,
            right=PERSON,
        )
    )
    async def add_token(self, call: Call) -> NewTokenObject:
        """Make a token; the answer is the only place it is ever shown."""
        body: NewTokenBody = call.body
        info, text = await self.rooms.api_tokens.add_token(
            call.person,
            body.note,
            body.scopes,
            body.days,
            None if body.project is None else parse_whole_path(body.project),
        )
        return new_token_object(info, text)

    @operation(Operation("DELETE", "/tokens/{token}", "End a token", right=PERSON))
    async def remove_token(self, call: Call, token: str) -> None:
        """End a token of one's own."""
        await self.rooms.api_tokens.remove_token(call.person, token)
