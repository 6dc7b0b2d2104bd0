"""What an address demands of whoever comes to it.

`permissions` says what somebody may do to a project. A `Right` says which of that,
or what else, a page or a call asks for. Both together are the table of who may what:
pages and calls carry their right, and a test tries each of them as everybody.
"""

import enum

from attrs import frozen

from aen.model.errors import Forbidden, Unauthenticated
from aen.model.permissions import SCOPES, Action, Standing, may, standing
from aen.model.projects import Project
from aen.model.users import Caller, Role

EVERY_SCOPE = frozenset(SCOPES)
SIGN_IN = "Sign in, or send a token as “Authorization: Bearer”."
"""What a caller is told whom nobody has authenticated."""


class Needs(enum.Enum):
    """Who may come to an address at all."""

    NOBODY = "nobody"
    """Machines and browsers without any session: no store is asked."""
    ANYONE = "anyone"
    PERSON = "person"


@frozen
class Right:
    """What one has to be, and to be allowed to do, at an address."""

    needs: Needs = Needs.PERSON
    action: Action | None = None
    """What to the project in the address."""
    role: Role = Role.USER
    """What one has to be to the platform, at least."""
    own: bool = False
    """Whether somebody without `role` may do it to what is theirs."""
    scopes: frozenset[str] = frozenset()
    """The scopes that let a limited token in, each of them; none: only whole ones."""


def person(*scopes: str) -> Right:
    """Return the right of everybody who has signed in, or has one of *scopes*."""
    return Right(scopes=frozenset(scopes))


def least(role: Role, *scopes: str) -> Right:
    """Return the right of those with *role*; limited tokens need one of *scopes*."""
    return Right(role=role, scopes=frozenset(scopes))


def own(role: Role, action: Action | None = None) -> Right:
    """Return the right to what is one's own; with *role* to what is another's too.

    A limited token of somebody with *role* reaches their own at most, and that when
    it lets them do *action* to the project that the thing belongs to.
    """
    scopes = granting(action) if action is not None else frozenset()
    return Right(role=role, own=True, scopes=scopes)


def in_project(action: Action, *, visitors: bool = False) -> Right:
    """Return the right to do *action* to the project in the address.

    With *visitors* those who have not signed in may, where the project is public.
    """
    needs = Needs.ANYONE if visitors else Needs.PERSON
    return Right(needs, action, scopes=granting(action))


def granting(action: Action) -> frozenset[str]:
    """Return the scopes that let a token do *action*."""
    return frozenset(name for name, actions in SCOPES.items() if action in actions)


MACHINE = Right(Needs.NOBODY)
ANYONE = Right(Needs.ANYONE)
PERSON = person()
SUPERUSER = least(Role.SUPERUSER)


def admit(right: Right, caller: Caller | None) -> None:
    """Guard an address; what its project says is asked later, where it is known.

    :raises Unauthenticated: somebody has to sign in first.
    :raises Forbidden: this caller, or this token, may not come here.
    """
    if caller is None:
        if right.needs is Needs.PERSON:
            raise Unauthenticated(SIGN_IN)
        return
    if not takes(right, caller):
        raise Forbidden(_missing(right, caller))
    if not right.own and not reaches(right, caller):
        raise Forbidden("Only an administrator may do this.")


def takes(right: Right, caller: Caller) -> bool:
    """Whether a token's limits leave it this right; sessions have none."""
    if caller.scopes is not None:
        return not right.scopes.isdisjoint(caller.scopes)
    # One that is limited to a project does to it what its person may, and no more.
    return caller.project is None or bool(right.scopes)


def reaches(right: Right, caller: Caller) -> bool:
    """Whether the caller's role is enough."""
    if right.role is Role.USER:
        return True
    if caller.project is not None or (right.own and caller.scopes is not None):
        return False
    order = list(Role)
    return order.index(caller.user.role) >= order.index(right.role)


def _missing(right: Right, caller: Caller) -> str:
    if not right.scopes:
        return "This takes a token without limits, or a session."
    if caller.scopes is None:
        return "This token is limited to a project."
    # What grants least beside what is asked for is named first.
    names = sorted(right.scopes, key=lambda name: (len(SCOPES[name]), name))
    listed = " or ".join(f"“{name}”" for name in names)
    return f"This token lacks the scope {listed}."


def words(right: Right) -> str:
    """Return a right in words, as the pages of documentation have it."""
    if right.needs is Needs.NOBODY:
        return "everybody, and no session is looked up"
    if right.action is not None:
        visitors = ", also visitors" if right.needs is Needs.ANYONE else ""
        return f"those who may {right.action.value}{visitors}"
    if right.needs is Needs.ANYONE:
        return "everybody"
    if right.role is Role.USER:
        return "everybody who has signed in"
    role = right.role.value
    return f"whoever it belongs to, and {role}" if right.own else role


class Outcome(enum.Enum):
    """What comes of an attempt."""

    LET_IN = "yes"
    SIGN_IN = "sign in"
    REFUSED = "no"
    HIDDEN = "not there"


def outcome(
    right: Right, caller: Caller | None, where: Project | None = None
) -> Outcome:
    """Return what comes of it when *caller* asks for what *right* guards.

    *where* is the project in the address. What is theirs is not thought of.
    """
    if right.needs is Needs.NOBODY:
        return Outcome.LET_IN
    if caller is not None and caller.user.disabled:
        caller = None
    if caller is None:
        if right.needs is not Needs.ANYONE:
            return Outcome.SIGN_IN
    elif not takes(right, caller) or not reaches(right, caller):
        return Outcome.REFUSED
    if right.action is None or where is None or may(caller, right.action, where):
        return Outcome.LET_IN
    hidden = standing(caller, where) is Standing.STRANGER
    return Outcome.HIDDEN if hidden else Outcome.REFUSED
