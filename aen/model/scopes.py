"""What the scopes of API tokens allow, in words for those who choose them."""

from collections.abc import Iterable

from attrs import frozen

from aen.model.permissions import SCOPES


@frozen
class ScopeWords:
    """One scope as people read it."""

    scope: str
    title: str
    explanation: str
    superuser: bool = False
    """Whether it is of use to administrators only."""
    app: bool = False
    """Whether only apps ask for it."""


_ALL = (
    ScopeWords("user:username", "Who you are", "Your user name, your name, your role."),
    ScopeWords(
        "project:read",
        "See projects",
        "Names, summaries, states, teams, what runs and how much it uses.",
    ),
    ScopeWords(
        "project:files",
        "Read files",
        "Download files of projects, and open apps that only read.",
    ),
    ScopeWords(
        "project:state",
        "Run projects",
        "Start, stop and reset them, open their apps, change environments.",
    ),
    ScopeWords(
        "project:edit", "Describe projects", "Change summary, description and tags."
    ),
    ScopeWords(
        "project:team", "Manage teams", "Add people, remove them, change their roles."
    ),
    ScopeWords("project:create", "Make projects", "New ones, owned by you."),
    ScopeWords(
        "project:admin",
        "Administer projects",
        "Change visibility, rename, transfer, move and delete them.",
    ),
    ScopeWords(
        "ssh-keys:read",
        "Read SSH keys",
        "The public keys of all, for the sshd of a node.",
        superuser=True,
    ),
    ScopeWords(
        "project:heartbeat", "Heartbeat", "Say that an app is in use.", app=True
    ),
)
WORDS = {one.scope: one for one in _ALL}


def offered(*, superuser: bool) -> tuple[ScopeWords, ...]:
    """Return the scopes that somebody may choose from for a token of theirs."""
    known = [one for one in _ALL if one.scope in SCOPES and not one.app]
    return tuple(one for one in known if superuser or not one.superuser)


def titles(scopes: Iterable[str]) -> tuple[str, ...]:
    """Return what each scope is called, in the order in which they are offered."""
    wanted = set(scopes)
    known = [one.title for one in _ALL if one.scope in wanted]
    return (*known, *sorted(wanted - set(WORDS)))
