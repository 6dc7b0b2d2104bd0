"""Visitors who have not signed in: which account of the nodes their apps run as.

They have no account here. The name in the setting `ANON_USER` is one that nobody has
and nobody can get, so that it owns nothing, is in no team, holds no token or key and
signs in nowhere; all that there is of it is an account of the operating system.
"""

from attrs import frozen

from aen.model.names import UserName
from aen.server.settings import ServerSettings
from aen.server.store.users import Users


@frozen
class Visitors:
    """Says whether visitors are let in, and as whom."""

    users: Users
    settings: ServerSettings

    async def account(self) -> UserName | None:
        """Return the account that visitors' apps run as; None: they have none.

        Were the name somebody's, visitors would reach what is theirs on the nodes.
        """
        name = self.settings.ANON_USER
        if name is None or await self.users.named(name) is not None:
            return None
        return UserName(name)

    async def trouble(self) -> str:
        """Return why the setting is not obeyed, in a sentence; empty: it is."""
        name = self.settings.ANON_USER
        if name is None or await self.account() is not None:
            return ""
        return (
            f"Visitors are let in nowhere: “{name}” (ANON_USER) is somebody's account."
            " Choose a name that nobody has, as “anonymous”."
        )
