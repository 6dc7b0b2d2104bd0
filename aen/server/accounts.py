"""Accounts: people, what is known of them, and their passwords."""

import secrets
from collections.abc import Callable
from typing import Any

from attrs import frozen
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from aen.model.audit import Act
from aen.model.counting import counted
from aen.model.errors import Conflict, Forbidden, Invalid
from aen.model.names import UserName, parse_user_name
from aen.model.permissions import demand_operator, demand_superuser, demand_whole
from aen.model.users import LOCAL, Caller, Role, User
from aen.server import profile
from aen.server.access import Access
from aen.server.audit import Audit
from aen.server.directories.sources import (
    demand_directory,
    demand_known,
    demand_open_to_strangers,
    demand_own_password,
)
from aen.server.mail.letters import LetterKind, moment
from aen.server.mail.post import Mail
from aen.server.passwords import Passwords, check_password
from aen.server.records import AccountChanges, Page
from aen.server.settings import ServerSettings
from aen.server.site_settings import SiteSettings
from aen.server.store.archive import Archive
from aen.server.store.users import taken, without_private
from aen.server.tasks import Tasks


@frozen
class Accounts:
    """What can be done with accounts; who asks comes first."""

    archive: Archive
    passwords: Passwords
    settings: ServerSettings
    clock: IReactorTime
    audit: Audit
    site: SiteSettings
    mail: Mail
    tasks: Tasks
    access: Access
    _log = Logger()

    async def users(
        self, caller: Caller, q: str = "", cursor: str | None = None, limit: int = 50
    ) -> Page[User]:
        """Return accounts by name; only administrators see addresses."""
        demand_whole(caller)
        page = await self.archive.users.page(q[:100], cursor, limit)
        if caller.is_superuser:
            return page
        return Page(tuple(without_private(one) for one in page.items), page.next)

    async def add_user(
        self,
        by: Caller | None,
        name: str,
        password: str | None,
        email: str = "",
        display_name: str = "",
        role: Role = Role.USER,
    ) -> User:
        """Make an account; *by* None is the operator at the command line.

        :param password: None: the account is for somebody of the directory.
        :raises Taken: there is one of that name.
        """
        demand_operator(by)
        if password is None:
            kept, hashed = demand_directory(self.settings), ""
        else:
            kept, hashed = LOCAL, await self.prepare(name, password)
        user = await self._make(name, hashed, email, display_name, role, kept)
        await self.audit.note(Act.ACCOUNT_MADE, by, user=user.name, role=role.value)
        return user

    async def demand_registration(self) -> None:
        """Refuse people who want to make themselves an account where none may."""
        demand_open_to_strangers(self.settings)
        if not (await self.site.values()).open_registration:
            raise Forbidden("Accounts are made by an administrator here.")

    async def register(
        self, name: str, password: str, email: str = "", address: str = ""
    ) -> User:
        """Make an account for oneself, where the installation lets people do so."""
        await self.demand_registration()
        hashed = await self.prepare(name, password)
        return await self.admit(name, hashed, email, address)

    async def prepare(self, name: str, password: str) -> str:
        """Return the hash of the password of an account that is yet to be made.

        :raises Taken: there is one of that name.
        """
        free = await self.archive.users.named(self._new_name(name)) is None
        check_password(password, self.settings.password_length)
        if not free:
            raise taken(name)
        return await self.passwords.hash(password)

    async def admit(self, name: str, hashed: str, email: str, address: str) -> User:
        """Make the account of somebody who asked for it at *address*."""
        user = await self._make(name, hashed, email)
        act = Act.ACCOUNT_MADE
        await self.audit.note(act, user.name, user=user.name, address=address)
        return user

    async def _make(
        self,
        name: str,
        hashed: str,
        email: str,
        display_name: str = "",
        role: Role = Role.USER,
        kept: str = LOCAL,
    ) -> User:
        user = User(
            id=secrets.token_urlsafe(12),
            name=self._new_name(name),
            display_name=profile.display_name(display_name),
            email=profile.email(email),
            role=role,
            created=self.clock.seconds(),
            source=kept,
        )
        await self.archive.users.add(user, hashed)
        self._log.info("account made: {name} {role}", name=user.name, role=role.value)
        return user

    def _new_name(self, name: str) -> UserName:
        try:
            parsed = parse_user_name(name)
        except Invalid as error:
            raise Invalid(error.message, fields={"username": error.message}) from None
        if parsed == self.settings.ANON_USER:
            message = f"“{parsed}” is for visitors; choose another name."
            raise Invalid(message, fields={"username": message})
        return parsed

    async def change_user(
        self, by: Caller | None, name: str, changes: AccountChanges
    ) -> User:
        """Make *changes*; people may make those of what is personal themselves."""
        user = await self.access.user(name)
        self._demand_over(by, user, own=changes.personal)
        loses = changes.role is not None and changes.role is not Role.SUPERUSER
        if loses or changes.disabled:
            await self._keep_one_superuser(user)
        fields = _checked(changes)
        if changes.role is not None:
            fields["role"] = changes.role.value
        if changes.password is not None:
            demand_own_password(user, self.settings)
            check_password(changes.password, self.settings.password_length)
            fields["hash"] = await self.passwords.hash(changes.password)
        return await self._change(by, user, fields)

    async def _change(
        self, by: Caller | None, user: User, fields: dict[str, Any]
    ) -> User:
        """Set *fields* of an account, note it, and end what it may do no more."""
        changed = await self.archive.users.change(user.id, fields) if fields else None
        if changed is None:
            return user
        if "hash" in fields:
            await self.audit.note(Act.PASSWORD_CHANGED, by, user=user.name)
            await self.access.tell(changed, LetterKind.PASSWORD_CHANGED, "")
        if told := differences(user, changed):
            await self.audit.note(Act.ACCOUNT_CHANGED, by, user=user.name, facts=told)
        if user.email and changed.email != user.email:
            # Whoever took the account over would have switched notices off.
            facts = {"When": moment(self.clock.seconds()), "New": changed.email}
            kind, old = LetterKind.ADDRESS_CHANGED, user.email
            await self.mail.post(kind, user.id, facts, old)
        if fields.get("disabled") or "hash" in fields:
            await self.access.end_all(
                changed, "Your account was changed by an administrator."
            )
        elif "role" in fields:
            await self.access.drop(user_id=user.id, reason="Your rights have changed.")
        return changed

    async def move_user(self, by: Caller | None, name: str, kept: str) -> User:
        """Hand an account over to the back end *kept*; its sessions end.

        :raises Invalid: accounts are neither kept there nor here.
        """
        user = await self.access.user(name)
        self._demand_over(by, user, own=False)
        demand_known(kept, self.settings)
        fields = {
            "source": kept,
            "source_id": "",
            "hash": "",
            "gone": False,
            "source_name": "",
        }
        fields["looked"] = 0.0
        moved = await self.archive.users.change(user.id, fields) or user
        await self.audit.note(
            Act.ACCOUNT_CHANGED, by, user=name, facts={"back end": kept}
        )
        await self.access.end_all(
            moved, "Your account was handed over to another back end."
        )
        return moved

    async def shut_gone(self, user: User) -> None:
        """Shut the account of somebody its back end knows no more.

        Whoever signs in to it again opens it; that needs the back end.
        """
        await self.archive.users.change(user.id, {"gone": True})
        told = {"sign-in": "gone from the back end"}
        await self.audit.note(Act.ACCOUNT_CHANGED, None, user=user.name, facts=told)
        await self.access.end_all(user, "Your account is gone from the directory.")
        self._log.info("account shut: {name} is gone", name=user.name)

    async def remove_user(self, by: Caller | None, name: str) -> None:
        """Remove an account that owns no projects, and everything of it.

        :raises Conflict: it owns projects, or is the last administrator.
        """
        user = await self.access.user(name)
        await self.demand_may_go(by, user, own=False)
        owned = await self.archive.projects.owned(user.name)
        if owned:
            raise Conflict(
                f"“{user.name}” owns {counted(owned, 'project')}; delete them first."
            )
        await self.shut(user)
        await self.forget(by, user)

    async def demand_may_go(
        self, by: Caller | None, user: User, *, own: bool = True
    ) -> None:
        """Refuse to close or remove the account of *user* to whom that is not for.

        :raises Conflict: it is the last administrator.
        """
        self._demand_over(by, user, own=own)
        await self._keep_one_superuser(user)

    async def shut(self, user: User) -> None:
        """End everything by which somebody reaches their account."""
        await self.archive.users.change(user.id, {"disabled": True})
        await self.access.end_all(user, "Your account was closed.")
        await self.archive.tokens.end_user(user.id)

    async def forget(self, by: Caller | str | None, user: User) -> None:
        """Remove an account that was shut and owns nothing, and what is left of it."""
        await self.archive.tokens.end_user(user.id)
        await self.archive.ssh_keys.remove_all(user.id)
        await self.archive.familiar.forget(user.id)
        await self._leave_teams(user)
        for project in await self.archive.stars.forget_user(user.id):
            await self.archive.projects.star(project, -1)
        await self.archive.searches.forget_user(user.id)
        await self.archive.users.remove(user.id)
        await self.audit.note(Act.ACCOUNT_REMOVED, by, user=user.name)
        self._log.info("account removed: {name}", name=user.name)

    async def _leave_teams(self, user: User) -> None:
        """Take somebody out of every team; the files follow, as with any change."""
        projects, now = self.archive.projects, self.clock.seconds()
        for project in await projects.memberships(user.name):
            await projects.drop_member(project.id, user.name, now)
            if project.node is not None:
                await self.tasks.apply_team(project.id, user.name)

    def _demand_over(self, by: Caller | None, user: User, *, own: bool) -> None:
        if by is None:
            return
        if own and by.user.id == user.id:
            demand_whole(by)
            return
        demand_superuser(by)

    async def _keep_one_superuser(self, user: User) -> None:
        last = user.role is Role.SUPERUSER and not user.disabled
        if last and await self.archive.users.superusers() <= 1:
            raise Conflict(f"“{user.name}” is the last administrator.")


def _checked(changes: AccountChanges) -> dict[str, Any]:
    """Return what is to be set of the personal parts and the two switches."""
    checks: dict[str, Callable[[str], str]] = {
        "display_name": profile.display_name,
        "email": profile.email,
        "url": profile.web_address,
        "company": profile.company,
        "location": profile.location,
    }
    fields: dict[str, Any] = {}
    for name, check in checks.items():
        text = getattr(changes, name)
        if text is not None:
            fields[name] = check(text)
    for name in ("notices", "disabled"):
        if (value := getattr(changes, name)) is not None:
            fields[name] = value
    return fields


def differences(old: User, new: User) -> dict[str, str]:
    """Return what the log says of a change: each part by name, as it is now."""
    parts = {
        "name": (old.display_name, new.display_name),
        "mail": (old.email, new.email),
        "page": (old.url, new.url),
        "company": (old.company, new.company),
        "location": (old.location, new.location),
        "notices": (_notices(old), _notices(new)),
        "role": (old.role.value, new.role.value),
        "sign-in": (_sign_in(old), _sign_in(new)),
    }
    return {name: now or "none" for name, (was, now) in parts.items() if was != now}


def _notices(user: User) -> str:
    return "by mail" if user.notices else "none"


def _sign_in(user: User) -> str:
    return "disabled" if user.disabled else "enabled"
