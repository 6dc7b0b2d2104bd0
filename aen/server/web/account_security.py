"""How one signs in: the password, and the browsers that are signed in."""

from aen.model.errors import AenError
from aen.model.rights import PERSON
from aen.server.web.view import Frame, view
from aen.server.web.visit import Answer, Page, Redirect, Visit

_SESSIONS = "/account/security?done=sessions#sessions"


class AccountSecurityPages:
    """The pages under ``/account/security``."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._access = frame.rooms.access
        self._passwords = frame.rooms.password_changes

    @view("/account/security", "GET", right=PERSON)
    async def security(self, visit: Visit) -> Answer:
        """Show the form for a new password, and the sessions."""
        return await self._page(visit)

    @view("/account/password", "POST", right=PERSON)
    async def password(self, visit: Visit) -> Answer:
        """Change the password; every other session ends."""
        form = visit.form
        try:
            new = form.typed_twice("new")
            await self._passwords.change_password(visit.person, form["old"], new)
        except AenError as error:
            return await self._page(visit, error)
        return Redirect("/account/security?done=password")

    @view("/account/sessions/others/end", "POST", right=PERSON)
    async def end_others(self, visit: Visit) -> Answer:
        """Sign out everywhere but here."""
        await self._access.end_other_sessions(visit.person)
        return Redirect(_SESSIONS)

    @view("/account/sessions/all/end", "POST", right=PERSON)
    async def end_all(self, visit: Visit) -> Answer:
        """Sign out everywhere, here too."""
        await self._access.end_other_sessions(visit.person)
        await self._access.sign_out(visit.person)
        cookies = self._frame.cookies
        cookies.drop(visit.request, cookies.session)
        return Redirect("/login?done=signed-out")

    @view("/account/sessions/<session>/end", "POST", right=PERSON)
    async def end_session(self, visit: Visit, session: str) -> Answer:
        """Sign one browser out."""
        await self._access.end_session(visit.person, session)
        return Redirect(_SESSIONS)

    async def _page(self, visit: Visit, problem: AenError | None = None) -> Answer:
        caller = visit.person
        values = {
            "section": "security",
            "user": caller.user,
            "sessions": await self._access.sessions(caller),
        }
        return Page("account_security.html", values, problem=problem)
