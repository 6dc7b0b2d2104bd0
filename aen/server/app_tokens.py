"""The tokens apps get: what an app may ask of the API, for one launch."""

import secrets

from attrs import frozen
from twisted.internet.interfaces import IReactorTime

from aen.model.apps import AppSummary, Instance
from aen.model.audit import Act
from aen.model.periods import DAY
from aen.model.projects import Project
from aen.model.users import Caller
from aen.server.api_tokens import ApiTokens
from aen.server.audit import Audit
from aen.server.settings import ServerSettings
from aen.server.store.archive import Archive
from aen.server.store.tokens import APP, Token

_TOKEN_SECONDS = 30 * DAY
"""An app's token ends after so long even if its project is never stopped."""


@frozen
class AppTokens:
    """Makes the tokens; of each person, project and app only the newest few live."""

    api_tokens: ApiTokens
    archive: Archive
    settings: ServerSettings
    clock: IReactorTime
    audit: Audit

    async def make(
        self,
        caller: Caller | None,
        project: Project,
        app: AppSummary | None,
        name: str,
    ) -> str:
        """Return a fresh token for a launch, which may do what its manifest says.

        Empty: it is a visitor's own, and they ask nothing of the API.
        """
        user = None if caller is None else caller.user
        if app is not None and app.instance is Instance.PROJECT:
            # The team shares it: it must not act for whoever happened to open it.
            user = await self.archive.users.named(project.path.owner) or user
        if user is None:
            return ""
        now = self.clock.seconds()
        token = Token(
            id=secrets.token_urlsafe(12),
            user=user.id,
            note=f"{name} in {project.path}",
            scopes=() if app is None else app.scopes,
            created=now,
            expires=now + _TOKEN_SECONDS,
            kind=APP,
            project=project.id,
            app=name,
        )
        secret = await self.api_tokens.keep_token(token)
        keep = self.settings.app_tokens
        await self.archive.tokens.keep_newest(user.id, project.id, name, keep)
        await self.audit.note(Act.APP_OPENED, caller, project=project, app=name)
        return secret
