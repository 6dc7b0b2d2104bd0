"""SSH public keys of one's own."""

from aen.model.errors import AenError
from aen.model.rights import PERSON
from aen.server.web.view import Frame, view
from aen.server.web.visit import Answer, Page, Redirect, Visit


class AccountKeysPages:
    """The pages under ``/account/ssh-keys``."""

    def __init__(self, frame: Frame) -> None:
        self._keys = frame.rooms.ssh_keys

    @view("/account/ssh-keys", "GET", right=PERSON)
    async def keys(self, visit: Visit) -> Answer:
        """Show the keys, and the form for another."""
        return await self._page(visit)

    @view("/account/ssh-keys", "POST", right=PERSON)
    async def add(self, visit: Visit) -> Answer:
        """Add a key."""
        form = visit.form
        try:
            await self._keys.add(visit.person, form.text("key"), form.line("title"))
        except AenError as error:
            return await self._page(visit, error)
        return Redirect("/account/ssh-keys?done=key")

    @view("/account/ssh-keys/<key>/remove", "POST", right=PERSON)
    async def remove(self, visit: Visit, key: str) -> Answer:
        """Remove a key."""
        await self._keys.remove(visit.person, key)
        return Redirect("/account/ssh-keys?done=key-gone")

    async def _page(self, visit: Visit, problem: AenError | None = None) -> Answer:
        keys = await self._keys.own(visit.person)
        values = {"section": "ssh-keys", "keys": keys, "form": visit.form}
        return Page("account_keys.html", values, problem=problem)
