"""What a back end of accounts is: the interface of ours and of anybody's own.

A back end answers one question: whose name and password are these? It never sees a
session, makes no account, changes no password and registers nobody. What an account
may do, and whether it is disabled, is decided by the platform: see `door`.
"""

import enum
from collections.abc import Callable
from typing import Protocol, runtime_checkable

from attrs import frozen


@frozen
class Person:
    """Somebody whose name and password a back end has found right."""

    name: str
    """The user name, as the back end writes it."""
    display_name: str = ""
    email: str = ""
    id: str = ""
    """What the back end calls them for good; empty where it cannot tell. An account
    that had another person's is not opened."""
    groups: frozenset[str] = frozenset()
    """Names of groups, for the setting `group_roles`."""


class Reason(enum.Enum):
    """Why somebody is not let in; only for logs, never told to who is at the door."""

    UNKNOWN = "no such name"
    WRONG = "wrong password"
    CLOSED = "account disabled or locked there"
    EXPIRED = "password expired there"
    SEVERAL = "several people of that name"
    FORBIDDEN = "a name that is never asked for"


@frozen
class Refusal:
    """The back end does not let somebody in."""

    reason: Reason
    detail: str = ""
    """Further words for the log; never a secret."""
    told: str = ""
    """A sentence for the person. Only where their password was right, else it would
    tell strangers which names there are."""


@frozen
class Step:
    """One step of a walk through the settings, in a sentence."""

    good: bool
    text: str
    mend: str = ""
    """What to do about it."""


Say = Callable[[Step], None]


class Directory(Protocol):
    """A back end of accounts; all that one must be able to do."""

    async def check(self, name: str, password: str) -> Person | Refusal:
        """Return whose name and password these are, or why it is nobody's.

        The name is in small letters and bounded; the password is not empty.

        :raises Unavailable: it cannot be told at the moment; the text is for the
            operator, and is neither shown to the person nor taken for a refusal.
        """
        ...


@runtime_checkable
class Answering(Protocol):
    """A back end that can be asked whether it works, without any password."""

    async def ping(self) -> None:
        """Return when it works.

        :raises Unavailable: it does not; says why.
        """
        ...


@runtime_checkable
class Looking(Protocol):
    """A back end that can look for somebody without a password."""

    async def look(self, name: str) -> Person | Refusal:
        """Return who has that user name, or why nobody may come by it any more.

        :raises Unavailable: it cannot be told at the moment.
        """
        ...


@runtime_checkable
class Walking(Protocol):
    """A back end that can show an operator each step of what it does."""

    async def walk(self, name: str, password: str | None, say: Say) -> None:
        """Say each step, and end after the first that fails.

        :param name: whom to look for; empty: nobody.
        :param password: None: do not try one.
        """
        ...
