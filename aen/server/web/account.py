"""One's own account: profile, password, sessions, API tokens."""

from aen.model.errors import AenError, Invalid
from aen.model.permissions import SCOPES
from aen.server.profile import LONGEST_DAYS
from aen.server.web.view import Frame, view
from aen.server.web.visit import Answer, Fields, Page, Redirect, Text, Visit

_PEOPLE = 10


class AccountPages:
    """The pages under ``/account/``."""

    def __init__(self, frame: Frame) -> None:
        self._accounts = frame.rooms.accounts

    @view("/account/", "GET")
    async def account(self, visit: Visit) -> Answer:
        """Show profile, password, sessions and tokens."""
        return await self._page(visit)

    @view("/account/profile", "POST")
    async def profile(self, visit: Visit) -> Answer:
        """Change the name and address shown to others."""
        caller, form = visit.person, visit.form
        try:
            await self._accounts.update_user(
                caller,
                caller.user.name,
                display_name=form.line("display_name"),
                email=form.line("email"),
            )
        except AenError as error:
            return await self._page(visit, error, "profile")
        return Redirect("/account/?done=saved")

    @view("/account/password", "POST")
    async def password(self, visit: Visit) -> Answer:
        """Change the password; every other session ends."""
        form = visit.form
        try:
            new = form.typed_twice("new")
            await self._accounts.change_password(visit.person, form["old"], new)
        except AenError as error:
            return await self._page(visit, error, "password")
        return Redirect("/account/?done=password")

    @view("/account/sessions/others/end", "POST")
    async def end_others(self, visit: Visit) -> Answer:
        """Sign out everywhere but here."""
        await self._accounts.end_other_sessions(visit.person)
        return Redirect("/account/?done=sessions#sessions")

    @view("/account/sessions/<session>/end", "POST")
    async def end_session(self, visit: Visit, session: str) -> Answer:
        """Sign one browser out."""
        await self._accounts.end_session(visit.person, session)
        return Redirect("/account/?done=sessions#sessions")

    @view("/account/tokens", "POST")
    async def add_token(self, visit: Visit) -> Answer:
        """Make an API token, shown this once."""
        form = visit.form
        try:
            made = await self._accounts.add_token(
                visit.person,
                form.line("note"),
                scopes=_scopes(form),
                days=_days(form.line("days")),
            )
        except AenError as error:
            return await self._page(visit, error, "token")
        return await self._page(visit, new_token=made[1])

    @view("/account/tokens/<token>/delete", "POST")
    async def remove_token(self, visit: Visit, token: str) -> Answer:
        """Make a token worthless."""
        await self._accounts.remove_token(visit.person, token)
        return Redirect("/account/?done=token#tokens")

    @view("/account/people")
    async def people(self, visit: Visit) -> Answer:
        """Return names that begin like *q*, for the lists below input fields."""
        typed = visit.query.line("q") or visit.query.line("user")
        if not typed:
            return Text("", "text/html; charset=utf-8")
        found = await self._accounts.users(visit.person, q=typed, limit=_PEOPLE)
        return Page("part/people.html", {"people": found.items})

    async def _page(
        self,
        visit: Visit,
        problem: AenError | None = None,
        section: str = "",
        new_token: str = "",
    ) -> Answer:
        caller = visit.person
        values = {
            "sessions": await self._accounts.sessions(caller),
            "tokens": await self._accounts.tokens(caller),
            "user": caller.user,
            "scopes": tuple(SCOPES),
            "form": visit.form,
            "section": section,
            "new_token": new_token,
        }
        return Page("account.html", values, problem=problem)


def _scopes(form: Fields) -> tuple[str, ...] | None:
    """Return the chosen scopes; None for a token that may do all one may."""
    return form.all("scope") if form["rights"] == "some" else None


def _days(text: str) -> float | None:
    if not text:
        return None
    if not text.isdecimal() or not 1 <= int(text[:9]) <= LONGEST_DAYS:
        message = f"Give a number of days from 1 to {LONGEST_DAYS}, or none."
        raise Invalid(message, fields={"days": message})
    return float(text)
