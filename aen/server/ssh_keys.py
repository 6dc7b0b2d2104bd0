"""People's SSH public keys: kept here, asked for by what lets them into nodes."""

import secrets

from attrs import frozen
from twisted.internet.interfaces import IReactorTime

from aen.model.audit import Act
from aen.model.errors import Conflict, NotFound, Taken
from aen.model.permissions import demand_superuser, demand_whole
from aen.model.ssh_keys import parse_ssh_key
from aen.model.users import Caller, Role
from aen.server import profile
from aen.server.audit import Audit
from aen.server.mail.letters import LetterKind
from aen.server.mail.post import Mail
from aen.server.settings import ServerSettings
from aen.server.store.archive import Archive
from aen.server.store.ssh_keys import KeptKey

SCOPE = "ssh-keys:read"
"""What a token of an administrator needs to read keys, and nothing more."""


def _demand_reader(caller: Caller) -> None:
    """Let administrators through, also by a token that may do this alone."""
    reads = caller.scopes is not None and SCOPE in caller.scopes
    if caller.user.role is Role.SUPERUSER and caller.project is None and reads:
        return
    demand_superuser(caller)


@frozen
class SshKeys:
    """Adds, shows and removes keys; each account has its own."""

    archive: Archive
    audit: Audit
    mail: Mail
    settings: ServerSettings
    clock: IReactorTime

    async def own(self, caller: Caller) -> tuple[KeptKey, ...]:
        """Return the caller's keys, the oldest first."""
        demand_whole(caller)
        return tuple(await self.archive.ssh_keys.of_user(caller.user.id))

    async def of(self, caller: Caller, name: str) -> tuple[KeptKey, ...]:
        """Return the keys of whoever is called *name*; for administrators.

        Somebody who may not sign in has none: sshd is not to let them in either.
        """
        _demand_reader(caller)
        user = await self.archive.users.named(name)
        if user is None:
            raise NotFound("There is no such account.")
        if user.disabled:
            return ()
        return tuple(await self.archive.ssh_keys.of_user(user.id))

    async def add(self, caller: Caller, text: str, title: str = "") -> KeptKey:
        """Add the key in *text*, a line of a ``.pub`` file.

        :raises Invalid: it is no key that can be used.
        :raises Taken: the caller has it already.
        """
        demand_whole(caller)
        key, user = parse_ssh_key(text), caller.user
        name = profile.key_title(title or key.comment or key.type)
        most = self.settings.ssh_keys_per_user
        if await self.archive.ssh_keys.count(user.id) >= most:
            raise Conflict(f"You have {most} keys; remove one first.")
        now, mark = self.clock.seconds(), secrets.token_urlsafe(12)
        kept = KeptKey(mark, user.id, name, now, key)
        if not await self.archive.ssh_keys.add(kept):
            message = "You have this key already."
            raise Taken(message, fields={"key": message})
        told = {"title": name, "fingerprint": key.fingerprint}
        await self.audit.note(Act.KEY_ADDED, caller, user=user.name, facts=told)
        facts = {"SSH key": name, "Fingerprint": key.fingerprint}
        await self.mail.notice(LetterKind.ACCESS_ADDED, user, facts)
        return kept

    async def remove(self, caller: Caller, key: str) -> None:
        """Remove one of the caller's keys, or raise `NotFound`."""
        demand_whole(caller)
        gone = await self.archive.ssh_keys.remove(caller.user.id, key)
        if gone is None:
            raise NotFound("There is no such key.")
        told = {"title": gone.title, "fingerprint": gone.key.fingerprint}
        await self.audit.note(
            Act.KEY_REMOVED, caller, user=caller.user.name, facts=told
        )
