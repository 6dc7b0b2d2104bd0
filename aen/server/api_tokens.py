"""API tokens: made, shown and ended by the people they act for."""

import secrets
from collections.abc import Mapping

from attrs import frozen
from twisted.internet.interfaces import IReactorTime

from aen.model.audit import Act
from aen.model.errors import Conflict, Invalid, NotFound
from aen.model.names import ProjectPath
from aen.model.periods import DAY
from aen.model.permissions import SCOPES, Action, demand_whole, may
from aen.model.projects import Project
from aen.model.users import Caller, User
from aen.server import profile
from aen.server.access import TOUCH_SECONDS, Access, digest
from aen.server.audit import Audit
from aen.server.mail.letters import LetterKind
from aen.server.records import TokenInfo
from aen.server.settings import ServerSettings
from aen.server.store.archive import Archive
from aen.server.store.tokens import Token

TOKEN_PREFIX = "aen_"  # noqa: S105 -- what every token begins with

GONE = "deleted project"
"""What a token is limited to whose project is not there any more."""


@frozen
class ApiTokens:
    """Makes API tokens, and says whose they are."""

    archive: Archive
    settings: ServerSettings
    clock: IReactorTime
    audit: Audit
    access: Access

    async def caller_of_token(self, token: str) -> Caller | None:
        """Return whose API token this is; None when it has ended."""
        if not token.startswith(TOKEN_PREFIX):
            return None
        return await self.caller_of_token_hash(digest(token))

    async def caller_of_token_hash(self, token_hash: str) -> Caller | None:
        """Return whose API token has that SHA-256 (hex); for gateways."""
        now = self.clock.seconds()
        token = await self.archive.tokens.hashed(token_hash, now)
        if token is None:
            return None
        user = await self.archive.users.with_id(token.user)
        if user is None or user.disabled:
            return None
        await self.archive.tokens.touch(token, now, TOUCH_SECONDS)
        scopes = None if token.scopes is None else frozenset(token.scopes)
        return Caller(user, token=token.id, scopes=scopes, project=token.project)

    async def tokens(self, caller: Caller) -> tuple[TokenInfo, ...]:
        """Return the tokens the caller made, the newest first."""
        demand_whole(caller)
        return await self.tokens_of(caller.user)

    async def tokens_of(self, user: User) -> tuple[TokenInfo, ...]:
        """Return the tokens *user* made; who may see them is asked before."""
        found = await self.archive.tokens.of_user(user.id)
        about = {one.project for one in found if one.project is not None}
        paths = await self.archive.projects.paths(about) if about else {}
        return tuple(_token_info(one, paths) for one in found)

    async def add_token(
        self,
        caller: Caller,
        note: str,
        scopes: tuple[str, ...] | None = None,
        days: float | None = None,
        project: ProjectPath | None = None,
    ) -> tuple[TokenInfo, str]:
        """Make a token; it is shown this once.

        :param scopes: None for everything the caller may.
        :param days: until it ends; None for never.
        :param project: the only one it reaches; None for all the caller may reach.
        """
        demand_whole(caller)
        _check(scopes, days)
        await self._demand_room(caller)
        only = await self._reachable(caller, project)
        now = self.clock.seconds()
        token = Token(
            id=secrets.token_urlsafe(12),
            user=caller.user.id,
            note=profile.note(note),
            project=None if only is None else only.id,
            scopes=None if scopes is None else tuple(sorted(set(scopes))),
            created=now,
            expires=None if days is None else now + days * DAY,
        )
        secret = await self.keep_token(token)
        act, user, told = Act.TOKEN_MADE, caller.user, _told(token)
        await self.audit.note(act, caller, user=user.name, project=only, facts=told)
        facts = {"API token": token.note}
        await self.access.tell(user, LetterKind.ACCESS_ADDED, caller.address, **facts)
        paths = {} if only is None else {only.id: only.path}
        return _token_info(token, paths), secret

    async def _demand_room(self, caller: Caller) -> None:
        most = self.settings.tokens_per_user
        if await self.archive.tokens.count(caller.user.id) >= most:
            raise Conflict(f"You have {most} tokens; remove one first.")

    async def _reachable(
        self, caller: Caller, path: ProjectPath | None
    ) -> Project | None:
        """Return the project at *path*, if the caller may see it."""
        if path is None:
            return None
        found = await self.archive.projects.at(path)
        if found is None or not may(caller, Action.VIEW, found):
            message = f"There is no project “{path}” that you can see."
            raise Invalid(message, fields={"project": message})
        return found

    async def keep_token(self, token: Token) -> str:
        """Put *token* in the store and return the secret that stands for it."""
        secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
        await self.archive.tokens.add(token, digest(secret))
        return secret

    async def remove_token(self, caller: Caller, key: str) -> None:
        """End one of the caller's tokens, or raise `NotFound`."""
        demand_whole(caller)
        await self.end_token_of(caller, caller.user, key)

    async def end_token_of(self, by: Caller, user: User, key: str) -> None:
        """End a token of *user*, or raise `NotFound`; who may is asked before."""
        token = await self.archive.tokens.with_id(user.id, key)
        if token is None or not await self.archive.tokens.remove(user.id, key):
            raise NotFound("There is no such token.")
        await self.audit.note(Act.TOKEN_ENDED, by, user=user.name, facts=_told(token))
        # Gateways cache answers by token; they know it only by whose it was.
        await self.access.drop(user_id=user.id, reason="An API token was removed.")


def _check(scopes: tuple[str, ...] | None, days: float | None) -> None:
    if scopes is not None and not set(scopes) <= set(SCOPES):
        message = f"Scopes are: {', '.join(SCOPES)}."
        raise Invalid(message, fields={"scopes": message})
    if days is not None and not 0 < days <= profile.LONGEST_DAYS:
        message = f"Days must be more than 0 and at most {profile.LONGEST_DAYS}."
        raise Invalid(message, fields={"days": message})


def _told(token: Token) -> dict[str, str]:
    """Return what the log says of a token: what it is for and what it may do."""
    may = "everything" if token.scopes is None else ", ".join(token.scopes)
    return {"note": token.note, "may": may or "only say who you are"}


def _token_info(token: Token, paths: Mapping[str, ProjectPath]) -> TokenInfo:
    path = None
    if token.project is not None:
        path = str(paths.get(token.project, GONE))
    return TokenInfo(
        id=token.id,
        note=token.note,
        scopes=token.scopes,
        created=token.created,
        expires=token.expires,
        last_used=token.last_used,
        project=path,
    )
