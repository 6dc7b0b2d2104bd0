"""The log of who did what: one entry an act, kept for the people it concerns."""

import enum
from collections.abc import Mapping

from attrs import field, frozen


class Act(enum.Enum):
    """What somebody did, as it is stored; `title` is what people read."""

    SIGNED_IN = "signed in"
    SIGN_IN_REFUSED = "sign-in refused"
    SIGNED_OUT = "signed out"
    SESSION_ENDED = "session ended"
    ACCOUNT_MADE = "account made"
    ACCOUNT_CHANGED = "account changed"
    ACCOUNT_CLOSED = "account closed"
    ACCOUNT_REMOVED = "account removed"
    PASSWORD_CHANGED = "password changed"  # noqa: S105 -- no password
    PASSWORD_RESET = "password reset"  # noqa: S105 -- no password
    RESET_LINK_MADE = "reset link made"
    TOKEN_MADE = "token made"  # noqa: S105 -- no token
    TOKEN_ENDED = "token ended"  # noqa: S105 -- no token
    RESET_ASKED = "reset link asked for"
    KEY_ADDED = "SSH key added"
    KEY_REMOVED = "SSH key removed"
    PROJECT_MADE = "project made"
    PROJECT_CHANGED = "project changed"
    PROJECT_COPIED = "project copied"
    PROJECT_RENAMED = "project renamed"
    PROJECT_TRANSFERRED = "project transferred"
    PROJECT_MOVED = "project moved"
    PROJECT_DELETED = "project deleted"
    PROJECT_STARTED = "project started"
    PROJECT_STOPPED = "project stopped"
    PROJECT_RESET = "project reset"
    MEMBER_PUT = "member put"
    MEMBER_DROPPED = "member dropped"
    APP_OPENED = "app opened"
    APP_STOPPED = "app stopped"
    ENVIRONMENT_CHANGED = "environment changed"
    TASK_CANCELLED = "task cancelled"
    TASK_RETRIED = "task retried"
    SCHEDULE_RUN = "scheduled work run"
    SETTINGS_CHANGED = "settings changed"
    CENTER_CHANGED = "data center changed"
    EXCEPTIONS_READ = "exceptions read"

    @property
    def title(self) -> str:
        """The act as people read it."""
        return self.value[0].upper() + self.value[1:]


class About(enum.Enum):
    """What acts are about, to look at one kind only."""

    ACCOUNT = "account"
    PROJECTS = "projects"
    PLATFORM = "platform"

    @property
    def acts(self) -> tuple[Act, ...]:
        """The acts about this."""
        return tuple(act for act in Act if _about(act) is self)


_PROJECTS = ("project", "member", "app", "environment")


def _about(act: Act) -> About:
    if act in (Act.SETTINGS_CHANGED, Act.CENTER_CHANGED, Act.EXCEPTIONS_READ):
        return About.PLATFORM
    first = act.value.partition(" ")[0]
    return About.PROJECTS if first in _PROJECTS else About.ACCOUNT


_GIVES_ACCESS = frozenset(
    {
        Act.SIGN_IN_REFUSED,
        Act.PASSWORD_CHANGED,
        Act.PASSWORD_RESET,
        Act.RESET_ASKED,
        Act.RESET_LINK_MADE,
        Act.TOKEN_MADE,
        Act.KEY_ADDED,
    }
)
"""What a stranger who is after an account would do."""


@frozen
class Entry:
    """One act. Names are as they were then; ids find what was renamed since."""

    id: str
    at: float
    """Seconds since the epoch."""
    act: Act
    by: str = ""
    """The name of who did it; empty: the platform itself, or nobody known."""
    user: str = ""
    """The name of the account it was done to, where it was done to one."""
    project: str = ""
    """The id of the project it was done to."""
    path: str = ""
    """``owner/name`` of that project at the time."""
    address: str = ""
    """Where the request came from."""
    details: Mapping[str, str] = field(factory=dict)
    """Further words, by name; never a secret."""

    def stands_out(self, name: str) -> bool:
        """Whether whoever is called *name* should look at this twice.

        That is what gives access to their account, a sign-in from a new place, and
        what somebody else did to it.
        """
        mine = name in (self.user, self.by)
        if self.act in _GIVES_ACCESS:
            return mine
        if self.act is Act.SIGNED_IN and "new" in self.details:
            return True
        return bool(self.by) and self.user == name and self.by != name
