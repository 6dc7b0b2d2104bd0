"""One's own sessions and SSH keys; and the keys of others, for the sshd of nodes."""

from attrs import frozen

from aen.model.rights import PERSON, least
from aen.model.users import Role
from aen.server.records import Page, SessionInfo
from aen.server.rooms import Rooms
from aen.server.store.ssh_keys import KeptKey
from aen.server.web.api.operation import Call, Operation, operation
from aen.server.web.api.values import stamp


@frozen
class SessionObject:
    """A browser that is signed in; `current` is the one that asks."""

    id: str
    browser: str
    address: str
    created: str
    last_seen: str
    current: bool


@frozen
class SshKeyObject:
    """An SSH public key."""

    id: str
    title: str
    type: str
    bits: int
    key: str
    """Type and key as in `authorized_keys`."""
    fingerprint: str
    added: str


@frozen
class NewSshKeyBody:
    """A key to add: the line of a `.pub` file, and what you call it."""

    key: str
    title: str = ""


@frozen
class EndedObject:
    """How many sessions have ended."""

    ended: int


@frozen
class KeyFile:
    """Keys as sshd reads them: one a line."""

    name: str
    text: str


@frozen
class OwnCalls:
    """``/me/sessions``, ``/me/ssh-keys`` and ``/users/{user}/ssh-keys``."""

    rooms: Rooms

    @operation(
        Operation(
            "GET",
            "/me/sessions",
            "Your sessions",
            SessionObject,
            pages=True,
            right=PERSON,
        )
    )
    async def sessions(self, call: Call) -> Page[SessionObject]:
        """List the browsers you are signed in with, the one used last first."""
        found = await self.rooms.access.sessions(call.person)
        return Page(tuple(_session(one) for one in found))

    @operation(
        Operation(
            "DELETE",
            "/me/sessions",
            "Sign out everywhere else",
            EndedObject,
            right=PERSON,
        )
    )
    async def end_sessions(self, call: Call) -> EndedObject:
        """End all sessions but the one that asks; with a token: all."""
        return EndedObject(await self.rooms.access.end_other_sessions(call.person))

    @operation(
        Operation(
            "DELETE", "/me/sessions/{session}", "Sign a browser out", right=PERSON
        )
    )
    async def end_session(self, call: Call, session: str) -> None:
        """End one of your sessions."""
        await self.rooms.access.end_session(call.person, session)

    @operation(
        Operation(
            "GET",
            "/me/ssh-keys",
            "Your SSH keys",
            SshKeyObject,
            pages=True,
            right=PERSON,
        )
    )
    async def keys(self, call: Call) -> Page[SshKeyObject]:
        """List your SSH public keys, the oldest first."""
        found = await self.rooms.ssh_keys.own(call.person)
        return Page(tuple(_key(one) for one in found))

    @operation(
        Operation(
            "POST",
            "/me/ssh-keys",
            "Add an SSH key",
            SshKeyObject,
            NewSshKeyBody,
            201,
            right=PERSON,
        )
    )
    async def add_key(self, call: Call) -> SshKeyObject:
        """Add a public key; options and weak keys are refused."""
        body: NewSshKeyBody = call.body
        return _key(await self.rooms.ssh_keys.add(call.person, body.key, body.title))

    @operation(
        Operation("DELETE", "/me/ssh-keys/{key}", "Remove an SSH key", right=PERSON)
    )
    async def remove_key(self, call: Call, key: str) -> None:
        """Remove one of your keys."""
        await self.rooms.ssh_keys.remove(call.person, key)

    @operation(
        Operation(
            "GET", "/users/{user}/ssh-keys", "SSH keys of an account", SshKeyObject,
            pages=True,
            right=least(Role.SUPERUSER, "ssh-keys:read"),
        )
    )  # fmt: skip
    async def keys_of(self, call: Call, user: str) -> Page[SshKeyObject]:
        """List an account's keys, none when it is disabled; for administrators."""
        found = await self.rooms.ssh_keys.of(call.person, user)
        return Page(tuple(_key(one) for one in found))

    @operation(
        Operation(
            "GET",
            "/users/{user}/authorized-keys",
            "Those keys, for sshd",
            text=True,
            right=least(Role.SUPERUSER, "ssh-keys:read"),
        )
    )
    async def authorized(self, call: Call, user: str) -> KeyFile:
        """Give an account's keys in the form of `authorized_keys`."""
        found = await self.rooms.ssh_keys.of(call.person, user)
        lines = "".join(f"{one.key.line}\n" for one in found)
        return KeyFile("authorized_keys", lines)


def _session(one: SessionInfo) -> SessionObject:
    return SessionObject(
        id=one.id,
        browser=one.agent,
        address=one.address,
        created=stamp(one.created),
        last_seen=stamp(one.last_seen),
        current=one.current,
    )


def _key(one: KeptKey) -> SshKeyObject:
    return SshKeyObject(
        id=one.id,
        title=one.title,
        type=one.key.type,
        bits=one.key.bits,
        key=one.key.line,
        fingerprint=one.key.fingerprint,
        added=stamp(one.added),
    )
