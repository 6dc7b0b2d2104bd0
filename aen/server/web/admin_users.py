"""Administration: people."""

from aen.model.administration import Area, area
from aen.model.errors import AenError
from aen.model.users import Role
from aen.server.choices import chosen
from aen.server.store.audit import Seeking
from aen.server.store.user_search import UsersWanted
from aen.server.web.admin_frame import AdminFrame
from aen.server.web.listing import Asked
from aen.server.web.view import Frame, not_found, view
from aen.server.web.visit import Answer, Redirect, Visit

_PAGE = 50
_ACTS = 20
_STATES = {"": None, "active": False, "disabled": True}
_DONE = {"disable": "disabled", "enable": "enabled", "sign-out": "ended"}
_ONE = "/admin/users/<user>"


class AdminUserPages:
    """``/admin/users`` and ``/admin/resets``."""

    def __init__(self, frame: Frame) -> None:
        self._rooms = frame.rooms
        self._accounts = frame.rooms.accounts
        self._access = frame.rooms.access
        self._passwords = frame.rooms.password_changes
        self._people = frame.rooms.admin.people
        self._frame = AdminFrame(frame.rooms)

    # ---- all of them

    @view("/admin/users", "GET", right=area(Area.USERS))
    async def users(self, visit: Visit) -> Answer:
        """Show the accounts."""
        asked = Asked.of("/admin/users", visit.query, ("q", "role", "state"), "name")
        found = await self._people.listing(
            visit.person, _wanted(asked), visit.query["cursor"] or None, _PAGE
        )
        return await self._frame.page(
            visit, "users", "admin_users.html", asked=asked, found=found
        )

    @view("/admin/users/new", "GET", right=area(Area.USERS))
    async def blank(self, visit: Visit) -> Answer:
        """Show the form for a new account."""
        return await self._blank(visit)

    @view("/admin/users/new", "POST", right=area(Area.USERS))
    async def add_user(self, visit: Visit) -> Answer:
        """Make an account."""
        form = visit.form
        try:
            made = await self._accounts.add_user(
                visit.person,
                form.line("username"),
                form["password"],
                email=form.line("email"),
                display_name=form.line("display_name"),
                role=chosen(Role, form.line("role") or "user", "role"),
            )
        except AenError as error:
            return await self._blank(visit, error)
        return Redirect(f"/admin/users/{made.name}?done=added")

    async def _blank(self, visit: Visit, problem: AenError | None = None) -> Answer:
        return await self._frame.page(
            visit, "users", "admin_user_new.html", problem, form=visit.form
        )

    # ---- one of them

    @view(_ONE, "GET", right=area(Area.USERS))
    async def user(self, visit: Visit, user: str) -> Answer:
        """Show one person with all that belongs to the account."""
        return await self._one(visit, user)

    @view(_ONE + "/role", "POST", right=area(Area.USERS))
    async def role(self, visit: Visit, user: str) -> Answer:
        """Give somebody another role; the notice can take it back."""
        try:
            before = (await self._access.user(user)).role
            await self._people.set_role(
                visit.person, user, chosen(Role, visit.form.line("role"), "role")
            )
        except AenError as error:
            return await self._one(visit, user, error)
        return Redirect(f"/admin/users/{user}?done=role&was={before.value}")

    @view(_ONE + "/token/<key>", "POST", right=area(Area.USERS))
    async def token(self, visit: Visit, user: str, key: str) -> Answer:
        """End an API token of somebody."""
        await self._people.end_token(visit.person, user, key)
        return Redirect(f"/admin/users/{user}?done=token")

    @view(_ONE + "/<act>", "POST", right=area(Area.USERS))
    async def change(self, visit: Visit, user: str, act: str) -> Answer:
        """Disable or enable an account, sign it out, or make a link for a password."""
        caller = visit.person
        try:
            match act:
                case "disable" | "enable":
                    disabled = act == "disable"
                    await self._people.set_disabled(caller, user, disabled=disabled)
                case "sign-out":
                    await self._people.end_sessions(caller, user)
                case "reset":
                    link = await self._link(visit, user)
                    return await self._one(visit, user, link=link)
                case _:
                    raise not_found()
        except AenError as error:
            return await self._one(visit, user, error)
        return Redirect(f"/admin/users/{user}?done={_DONE[act]}")

    async def _one(
        self,
        visit: Visit,
        name: str,
        problem: AenError | None = None,
        link: str = "",
    ) -> Answer:
        found = await self._people.one(visit.person, name)
        acts = await self._rooms.audit.everything(
            visit.person, Seeking(found.user.name), limit=_ACTS
        )
        return await self._frame.page(
            visit,
            "users",
            "admin_user.html",
            problem,
            person=found,
            user=found.user,
            acts=acts,
            link=link,
            was=visit.query["was"],
            hours=self._rooms.settings.reset_hours,
        )

    # ---- links for passwords, also for staff

    @view("/admin/resets", "GET", right=area(Area.RESETS))
    async def resets(self, visit: Visit) -> Answer:
        """Ask whose link it shall be."""
        return await self._resets(visit)

    @view("/admin/resets", "POST", right=area(Area.RESETS))
    async def make_reset(self, visit: Visit) -> Answer:
        """Make a link and show it once."""
        name = visit.form.line("username").lower()
        try:
            link = await self._link(visit, name)
        except AenError as error:
            return await self._resets(visit, error)
        return await self._resets(visit, link=link)

    async def _resets(
        self, visit: Visit, problem: AenError | None = None, link: str = ""
    ) -> Answer:
        return await self._frame.page(
            visit,
            "resets",
            "admin_resets.html",
            problem,
            name=visit.form.line("username"),
            link=link,
            hours=self._rooms.settings.reset_hours,
        )

    async def _link(self, visit: Visit, name: str) -> str:
        secret = await self._passwords.make_reset(visit.person, name)
        return f"{self._rooms.settings.public_url}/account/reset/{secret}"


def _wanted(asked: Asked) -> UsersWanted:
    """Return what the list is asked for; what it does not know narrows nothing."""
    roles = {one.value: one for one in Role}
    return UsersWanted(
        asked["q"],
        roles.get(asked["role"]),
        _STATES.get(asked["state"]),
        asked.order,
    )
