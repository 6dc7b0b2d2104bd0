"""People: their accounts and what they may do platform-wide."""

import enum

from attrs import frozen

from aen.model.names import UserName

LOCAL = "local"
"""The source of an account whose password is in our own store."""


class Role(enum.Enum):
    """What a person is to the platform; each includes the one before."""

    USER = "user"
    STAFF = "staff"
    SUPERUSER = "superuser"


@frozen
class User:
    """An account. Its password hash is not part of it and never leaves the store."""

    id: str
    name: UserName
    display_name: str = ""
    email: str = ""
    role: Role = Role.USER
    disabled: bool = False
    created: float = 0.0
    last_sign_in: float | None = None
    url: str = ""
    """Their page on the web: ``http`` or ``https``, checked when it was set."""
    company: str = ""
    location: str = ""
    notices: bool = True
    """Whether mail tells them of sign-ins from new places and of new passwords."""
    source: str = LOCAL
    """Which back end of accounts keeps the password; only that one can let them in."""
    source_id: str = ""
    """What that back end itself calls this person, for good, where it tells."""
    source_name: str = ""
    """The name by which that back end last knew them, where it is another."""
    gone: bool = False
    """Whether that back end knows them no more; they count as disabled meanwhile."""

    @property
    def title(self) -> str:
        """The name to show to people."""
        return self.display_name or self.name


@frozen
class Caller:
    """Someone the server has authenticated, for one request.

    `session` is the public id of a browser session, `token` of an API token;
    exactly one is set. `scopes` limits a token (None: everything its user may),
    and `project` limits it to one project (its id).
    """

    user: User
    session: str | None = None
    token: str | None = None
    scopes: frozenset[str] | None = None
    project: str | None = None
    address: str = ""
    """Where the request came from, for the log of acts."""

    @property
    def whole(self) -> bool:
        """Whether nothing limits what they ask with: a session, or a whole token."""
        return self.scopes is None and self.project is None

    @property
    def is_staff(self) -> bool:
        """Whether some of administration is open to this caller."""
        return self.user.role in (Role.STAFF, Role.SUPERUSER) and self.whole

    @property
    def is_superuser(self) -> bool:
        """Whether everything on the platform is open to this caller."""
        return self.user.role is Role.SUPERUSER and self.whole
