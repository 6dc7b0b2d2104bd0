"""One's own account: profile, log, and whom one may think of."""

from aen.model.errors import AenError
from aen.model.rights import PERSON
from aen.server.records import AccountChanges
from aen.server.web.view import Frame, view
from aen.server.web.visit import Answer, Page, Redirect, Text, Visit

_PEOPLE = 10
_ACTS = 50


class AccountPages:
    """The pages ``/account/``, ``/account/log`` and ``/account/people``."""

    def __init__(self, frame: Frame) -> None:
        self._accounts = frame.rooms.accounts
        self._audit = frame.rooms.audit
        self._mail = frame.rooms.mail

    @view("/account/", "GET", right=PERSON)
    async def account(self, visit: Visit) -> Answer:
        """Show the profile."""
        return await self._profile(visit)

    @view("/account/profile", "POST", right=PERSON)
    async def profile(self, visit: Visit) -> Answer:
        """Change what others are shown, and where mail goes."""
        caller, form = visit.person, visit.form
        changes = AccountChanges(
            display_name=form.line("display_name"),
            email=form.line("email"),
            url=form.line("url"),
            company=form.line("company"),
            location=form.line("location"),
        )
        try:
            await self._accounts.change_user(caller, caller.user.name, changes)
        except AenError as error:
            return await self._profile(visit, error)
        return Redirect("/account/?done=saved")

    @view("/account/notices", "POST", right=PERSON)
    async def notices(self, visit: Visit) -> Answer:
        """Say whether mail is to tell of what happens to the account."""
        caller, wanted = visit.person, visit.form.has("notices")
        changes = AccountChanges(notices=wanted)
        await self._accounts.change_user(caller, caller.user.name, changes)
        return Redirect("/account/?done=saved")

    @view("/account/log", right=PERSON)
    async def log(self, visit: Visit) -> Answer:
        """Show what was done by somebody and to their account."""
        query = visit.query
        found = await self._audit.own(
            visit.person, query["cursor"] or None, _ACTS, query["about"]
        )
        values = {"section": "log", "found": found, "about": query["about"]}
        return Page("account_log.html", values)

    @view("/account/people", right=PERSON)
    async def people(self, visit: Visit) -> Answer:
        """Return names that begin like *q*, for the lists below input fields."""
        typed = next(filter(None, map(visit.query.line, ("q", "user", "receiver"))), "")
        if not typed:
            return Text("", "text/html; charset=utf-8")
        found = await self._accounts.users(visit.person, q=typed, limit=_PEOPLE)
        return Page("part/people.html", {"people": found.items})

    async def _profile(self, visit: Visit, problem: AenError | None = None) -> Answer:
        values = {
            "section": "profile",
            "user": visit.person.user,
            "form": visit.form,
            "mails": await self._mail.on(),
        }
        return Page("account.html", values, problem=problem)
