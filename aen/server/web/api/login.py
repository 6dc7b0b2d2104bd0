"""A token for a name and a password: how command lines sign in."""

from attrs import field, frozen

from aen.model.rights import ANYONE
from aen.model.users import Caller
from aen.server.rooms import Rooms
from aen.server.web.api.operation import Call, Operation, operation
from aen.server.web.api.values import NewTokenObject, new_token_object
from aen.server.web.http import client_address


@frozen
class LoginBody:
    """Who signs in, and what the token is to be called; `days` until it ends."""

    username: str
    password: str = field(repr=False)
    note: str = "aen"
    days: float | None = None


@frozen
class LoginCalls:
    """``/login``."""

    rooms: Rooms

    @operation(
        Operation(
            "POST",
            "/login",
            "Make a token for a name and a password",
            NewTokenObject,
            LoginBody,
            201,
            right=ANYONE,
        )
    )
    async def login(self, call: Call) -> NewTokenObject:
        """Make a token; wrong attempts are slowed down as at the sign-in page."""
        body: LoginBody = call.body
        address = client_address(call.request)
        user = await self.rooms.access.check_credentials(
            body.username, body.password, address
        )
        info, text = await self.rooms.api_tokens.add_token(
            Caller(user, address=address), body.note, None, body.days
        )
        return new_token_object(info, text)
