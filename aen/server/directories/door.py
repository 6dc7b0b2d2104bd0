"""Who is let in: asks the back end that keeps somebody's password, and keeps accounts.

An account belongs to the back end it came from, for good: no other can let anybody into
it. So accounts made here, with a password, work while a directory is away, and nobody
gets at them by being called so in the directory.
"""

import secrets
from typing import Any

from attrs import frozen
from twisted.internet.defer import Deferred, DeferredList
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from aen.model.audit import Act
from aen.model.errors import Invalid, Taken
from aen.model.names import UserName, parse_user_name
from aen.model.users import LOCAL, Role, User
from aen.runtime.tasks import start
from aen.server import profile
from aen.server.audit import Audit
from aen.server.directories.choosing import source
from aen.server.directories.directory import Directory, Looking, Person, Reason, Refusal
from aen.server.directories.local import Local
from aen.server.directories.watch import Watch
from aen.server.passwords import Passwords
from aen.server.queue import Queue
from aen.server.settings import ServerSettings
from aen.server.store.users import Users

_NAME = 100
NO_ACCOUNT = "You have no account here yet; ask an administrator to make one."


@frozen
class Answer:
    """Whether somebody is let in."""

    user: User | None
    """Whose account was asked for, where there is one."""
    let_in: bool
    why: str = ""
    """Why not, for logs."""
    told: str = ""
    """A sentence for who gave the right password and is not let in all the same."""


@frozen
class DoorParts:
    """What a door stands between."""

    users: Users
    passwords: Passwords
    directory: Directory | None
    settings: ServerSettings
    clock: IReactorTime
    audit: Audit


class Door:
    """Checks names and passwords with the back end that an account belongs to."""

    def __init__(self, parts: DoorParts) -> None:
        settings = parts.settings
        self._users = parts.users
        self._passwords = parts.passwords
        self._local = Local(parts.users, parts.passwords)
        self._directory = parts.directory
        self._source = source(settings.accounts)
        self._settings = settings
        self._clock = parts.clock
        self._audit = parts.audit
        self._queue = Queue(settings.accounts_at_once)
        self.watch = Watch(
            parts.directory, self._source, settings.accounts_seconds, parts.clock
        )
        self._log = Logger()

    @property
    def directory(self) -> Directory | None:
        """The back end besides the store."""
        return self._directory

    async def check(self, name: str, password: str) -> Answer:
        """Return whether *name* and *password* are somebody's who may come in.

        :raises Unavailable: the back end does not answer; a sentence for the person.
        """
        user = await self._users.named(name)
        theirs = LOCAL if user is None else user.source
        if self._directory is None or (user is not None and theirs == LOCAL):
            found = await self._local.check(name, password)
            if isinstance(found, Refusal) and user is not None and theirs != LOCAL:
                return Answer(user, False, f"the account belongs to “{theirs}”")
            return await self._answer(user, found)
        if user is not None and theirs != self._source:
            return Answer(user, False, f"the account belongs to “{theirs}”")
        found = await self._ask(self._directory, name, password)
        if isinstance(found, Refusal):
            return await self._answer(user, found)
        return await self._admit(name, found)

    async def _answer(self, user: User | None, found: Person | Refusal) -> Answer:
        if isinstance(found, Refusal):
            detail = f" ({found.detail})" if found.detail else ""
            why = f"{found.reason.value}{detail}"
            if user is None and found.reason not in (Reason.UNKNOWN, Reason.WRONG):
                self._log.info("not let in: {why}", why=why)
            return Answer(user, False, why, found.told)
        if user is None or user.disabled:
            return Answer(user, False, "disabled account")
        return Answer(user, True)

    async def _ask(
        self, directory: Directory, name: str, password: str
    ) -> Person | Refusal:
        if not password or not _is_text(password):
            return Refusal(Reason.WRONG, "no password that could be one")
        async with self._queue:
            return await self._as_long(directory, name, password)

    async def _as_long(
        self, directory: Directory, name: str, password: str
    ) -> Person | Refusal:
        """Ask, for no less than checking a password of ours takes.

        Else the time would tell strangers which names are local accounts.
        """
        both: list[Deferred[Any]] = [
            start(self.watch.ask(start(directory.check(name, password)))),
            start(self._passwords.verify(None, password)),
        ]
        (answered, found), _ = await DeferredList(both, consumeErrors=True)
        if not answered:
            found.raiseException()
        answer: Person | Refusal = found
        return answer

    # ---- accounts of a directory

    async def _admit(self, typed: str, person: Person) -> Answer:
        """Let somebody into the account of their name, made or brought up to date."""
        try:
            name = parse_user_name(person.name.strip().lower())
        except Invalid as error:
            shown = profile.cleaned(person.name, 64)
            told = f"“{shown}” cannot be a user name here. {error.message}"
            self._log.info("not let in: {name} can be no user name here", name=shown)
            return Answer(None, False, "a name that no account can have", told)
        if name == self._settings.service_account:
            return Answer(None, False, "the service account", NO_ACCOUNT)
        if name == self._settings.ANON_USER:
            return Answer(None, False, "the account of visitors", NO_ACCOUNT)
        user = await self._users.named(name)
        if user is None:
            return await self._make(typed, name, person)
        refused = self._another(user, person)
        if not refused and user.gone:
            user = await self._users.change(user.id, {"gone": False}) or user
        if refused or user.disabled:
            return Answer(user, False, refused or "disabled account")
        return Answer(await self.renew(user, person, typed), True)

    async def look(self, name: str) -> Person | Refusal | None:
        """Return what the back end says of somebody; None: it cannot tell.

        :raises Unavailable: it does not answer.
        """
        directory: object = self._directory
        if not isinstance(directory, Looking):
            return None
        return await self.watch.ask(start(_look(directory, name)))

    def _another(self, user: User, person: Person) -> str:
        """Return why an account is not this person's; empty where it is."""
        if user.source != self._source:
            return f"the account belongs to “{user.source}”"
        if user.source_id and person.id and user.source_id != person.id:
            return "the account was another person's of that name in the directory"
        return ""

    async def _make(self, typed: str, name: UserName, person: Person) -> Answer:
        if not self._settings.accounts_at_sign_in:
            return Answer(None, False, "no account here yet", NO_ACCOUNT)
        known = self._known(person, typed)
        user = User(
            id=secrets.token_urlsafe(12),
            name=name,
            created=self._clock.seconds(),
            source=self._source,
            source_id=person.id,
            source_name=typed,
            display_name=known.get("display_name", ""),
            email=known.get("email", ""),
            role=Role(known.get("role", Role.USER.value)),
        )
        try:
            await self._users.add(user, "")
        except Taken:  # by the same person, in another process, just now
            return await self._admit(typed, person)
        self._log.info("account made: {name} {source}", name=name, source=self._source)
        await self._audit.note(Act.ACCOUNT_MADE, None, user=name, source=self._source)
        return Answer(user, True)

    async def renew(self, user: User, person: Person, typed: str) -> User:
        """Bring the account up to what the directory says today."""
        now = {
            "display_name": user.display_name,
            "email": user.email,
            "role": user.role.value,
            "source_id": user.source_id,
            "source_name": user.source_name,
        }
        known = self._known(person, typed)
        changed = {key: value for key, value in known.items() if now[key] != value}
        if not changed:
            return user
        if "role" in changed:
            await self._audit.note(
                Act.ACCOUNT_CHANGED, None, user=user.name, role=changed["role"]
            )
        return await self._users.change(user.id, changed) or user

    def _known(self, person: Person, typed: str) -> dict[str, Any]:
        """Return the fields a directory decides; what it does not say, it does not."""
        shown = " ".join(profile.cleaned(person.display_name, _NAME).split())
        fields: dict[str, Any] = {
            "display_name": shown,
            "email": _email(person.email),
            "source_id": person.id,
            "source_name": typed,
        }
        fields = {key: value for key, value in fields.items() if value}
        if self._settings.group_roles:
            fields["role"] = role_of(person, self._settings.group_roles).value
        return fields


async def _look(directory: Looking, name: str) -> Person | Refusal:
    return await directory.look(name)


def role_of(person: Person, roles: dict[str, Role]) -> Role:
    """Return the highest role that a group of *person* gives; names ignore case."""
    order = list(Role)
    theirs = {one.lower() for one in person.groups}
    given = [role for group, role in roles.items() if group.lower() in theirs]
    return max(given, key=order.index, default=Role.USER)


def _email(text: str) -> str:
    try:
        return profile.email(text)
    except Invalid:
        return ""


def _is_text(password: str) -> bool:
    try:
        password.encode()
    except UnicodeEncodeError:
        return False
    return True
