"""API tokens: made, looked through and ended by whom they act for."""

from aen.model.errors import AenError, Invalid
from aen.model.names import ProjectPath, parse_whole_path
from aen.model.rights import PERSON
from aen.model.scopes import offered, titles
from aen.server.profile import LONGEST_DAYS
from aen.server.web.view import Frame, view
from aen.server.web.visit import Answer, Fields, Page, Redirect, Visit


class AccountTokensPages:
    """The pages under ``/account/tokens``."""

    def __init__(self, frame: Frame) -> None:
        self._tokens = frame.rooms.api_tokens
        self._projects = frame.rooms.projects

    @view("/account/tokens", "GET", right=PERSON)
    async def tokens(self, visit: Visit) -> Answer:
        """Show the tokens, and the form for a new one."""
        return await self._page(visit)

    @view("/account/tokens", "POST", right=PERSON)
    async def add_token(self, visit: Visit) -> Answer:
        """Make an API token, shown this once."""
        form = visit.form
        try:
            made = await self._tokens.add_token(
                visit.person,
                form.line("note"),
                scopes=_scopes(form),
                days=_days(form.line("days")),
                project=_project(form.line("project")),
            )
        except AenError as error:
            return await self._page(visit, error)
        return await self._page(visit, new_token=made[1])

    @view("/account/tokens/<token>/delete", "POST", right=PERSON)
    async def remove_token(self, visit: Visit, token: str) -> Answer:
        """Make a token worthless."""
        await self._tokens.remove_token(visit.person, token)
        return Redirect("/account/tokens?done=token")

    async def _page(
        self, visit: Visit, problem: AenError | None = None, new_token: str = ""
    ) -> Answer:
        caller = visit.person
        values = {
            "section": "tokens",
            "tokens": await self._tokens.tokens(caller),
            "scopes": offered(superuser=caller.is_superuser),
            "projects": await self._projects.mine(caller),
            "titles": titles,
            "form": visit.form,
            "new_token": new_token,
        }
        return Page("account_tokens.html", values, problem=problem)


def _scopes(form: Fields) -> tuple[str, ...] | None:
    """Return the chosen scopes; None for a token that may do all one may."""
    return form.all("scope") if form["rights"] == "some" else None


def _project(text: str) -> ProjectPath | None:
    return parse_whole_path(text) if text else None


def _days(text: str) -> float | None:
    if not text:
        return None
    if not text.isdecimal() or not 1 <= int(text[:9]) <= LONGEST_DAYS:
        message = f"Give a number of days from 1 to {LONGEST_DAYS}, or none."
        raise Invalid(message, fields={"days": message})
    return float(text)
