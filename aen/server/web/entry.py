"""Coming in: sign in, sign out, register, a password that was forgotten."""

from aen.model.errors import AenError
from aen.model.rights import ANYONE
from aen.server.web.next_url import safe_next
from aen.server.web.view import Frame, view
from aen.server.web.visit import Answer, Page, Redirect, Visit

_AUTHORIZE = "/oauth/authorize"


class EntryPages:
    """The pages for people who are not signed in yet."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._accounts = frame.rooms.accounts
        self._access = frame.rooms.access
        self._passwords = frame.rooms.password_changes

    @view("/login", "GET", right=ANYONE)
    async def login(self, visit: Visit) -> Answer:
        """Show the sign-in form, or go on when somebody is signed in."""
        to = safe_next(visit.query["next"])
        if visit.caller is not None:
            return Redirect(to)
        return Page("login.html", {"next": to, "name": ""})

    @view("/login", "POST", right=ANYONE)
    async def sign_in(self, visit: Visit) -> Answer:
        """Sign in with name and password."""
        form = visit.form
        to, name = safe_next(form["next"]), form.line("username")
        try:
            token, _ = await self._access.sign_in(
                name, form["password"], visit.address, visit.agent
            )
        except AenError as error:
            return Page("login.html", {"next": to, "name": name}, problem=error)
        self._begin(visit, token)
        if to.startswith(_AUTHORIZE):
            # Chromium holds what a form leads to against form-action, redirects
            # included; a page in between ends that chain before the gateway.
            return Page("onwards.html", {"to": to})
        return Redirect(to)

    @view("/logout", "GET", right=ANYONE)
    async def leave(self, visit: Visit) -> Answer:
        """Ask before signing out: a link alone must not do it."""
        return Page("logout.html") if visit.caller else Redirect("/login")

    @view("/logout", "POST", right=ANYONE)
    async def sign_out(self, visit: Visit) -> Answer:
        """End this session, in the store and in the browser."""
        if visit.caller is not None:
            await self._access.sign_out(visit.caller)
        self._forget(visit)
        return Redirect("/login?done=signed-out")

    @view("/register", "GET", right=ANYONE)
    async def registration(self, visit: Visit) -> Answer:
        """Show the form for a new account, where people may make their own."""
        await self._accounts.demand_registration()
        return await self._register_page(visit)

    @view("/register", "POST", right=ANYONE)
    async def register(self, visit: Visit) -> Answer:
        """Make an account and sign in with it."""
        await self._accounts.demand_registration()
        form = visit.form
        name, email = form.line("username"), form.line("email")
        try:
            password = form.typed_twice("password")
            registration = self._frame.rooms.registration
            made = await registration.ask(name, password, email, visit.address)
            if made is None:
                values = {"about": "confirm", "hours": self._hours, "email": email}
                return Page("mailed.html", values)
            token, _ = await self._access.sign_in(
                name, password, visit.address, visit.agent
            )
        except AenError as error:
            return await self._register_page(visit, error)
        self._begin(visit, token)
        return Redirect("/?done=welcome")

    async def _register_page(
        self, visit: Visit, problem: AenError | None = None
    ) -> Answer:
        form = visit.form
        values = {
            "name": form.line("username"),
            "email": form.line("email"),
            "mails": await self._frame.rooms.mail.on(),
        }
        return Page("register.html", values, problem=problem)

    @view("/account/request_reset", "GET", right=ANYONE)
    async def request_reset(self, visit: Visit) -> Answer:
        """Show how to come by a new password."""
        return await self._reset_page(visit)

    @view("/account/request_reset", "POST", right=ANYONE)
    async def ask_reset(self, visit: Visit) -> Answer:
        """Have a link mailed; the answer is the same whoever was named."""
        who = visit.form.line("username")
        try:
            await self._frame.rooms.recovery.ask(who, visit.address)
        except AenError as error:
            return await self._reset_page(visit, error)
        return Page("mailed.html", {"about": "reset", "hours": self._hours})

    async def _reset_page(
        self, visit: Visit, problem: AenError | None = None
    ) -> Answer:
        mails = await self._frame.rooms.mail.on()
        values = {"mails": mails, "name": visit.form.line("username")}
        return Page("request_reset.html", values, problem=problem)

    @property
    def _hours(self) -> float:
        return self._frame.rooms.settings.reset_hours

    @view("/account/confirm/<secret>", "GET", right=ANYONE)
    async def confirmation(self, visit: Visit, secret: str) -> Answer:
        """Ask before an account is made: programs that read mail follow links."""
        return Page("confirm.html", {"secret": secret})

    @view("/account/confirm/<secret>", "POST", right=ANYONE)
    async def confirm(self, visit: Visit, secret: str) -> Answer:
        """Make the account; the link works once."""
        try:
            await self._frame.rooms.registration.confirm(secret, visit.address)
        except AenError as error:
            return Page("confirm.html", {"secret": secret}, problem=error)
        return Redirect("/login?done=confirmed")

    @view("/account/reset/<secret>", "GET", right=ANYONE)
    async def reset(self, visit: Visit, secret: str) -> Answer:
        """Show the form of a link that an administrator made."""
        return Page("reset.html", {"secret": secret})

    @view("/account/reset/<secret>", "POST", right=ANYONE)
    async def set_password(self, visit: Visit, secret: str) -> Answer:
        """Set the new password; the link works once."""
        try:
            password = visit.form.typed_twice("password")
            await self._passwords.reset_password(secret, password, visit.address)
        except AenError as error:
            return Page("reset.html", {"secret": secret}, problem=error)
        self._forget(visit)
        return Redirect("/login?done=password")

    def _begin(self, visit: Visit, token: str) -> None:
        self._frame.keep(visit.request, token)
        names = self._frame.cookies
        names.drop(visit.request, names.visitor)

    def _forget(self, visit: Visit) -> None:
        self._frame.cookies.drop(visit.request, self._frame.cookies.session)
