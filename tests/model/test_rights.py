"""What addresses demand: the table behind every page and call."""

from typing import Any

import pytest
from attrs import evolve

from aen.model.errors import Forbidden, Unauthenticated
from aen.model.names import PlaceName, UserName, parse_project_path
from aen.model.permissions import APP_SCOPES, SCOPES, Action
from aen.model.projects import Member, Project, TeamRole, Visibility
from aen.model.rights import (
    ANYONE,
    EVERY_SCOPE,
    MACHINE,
    PERSON,
    SUPERUSER,
    Outcome,
    Right,
    admit,
    granting,
    in_project,
    least,
    outcome,
    own,
    person,
)
from aen.model.users import Caller, Role, User

SECRET = Project(
    "p1",
    parse_project_path("ada", "lab"),
    PlaceName("east"),
    team=(Member(UserName("vic"), TeamRole.VIEWER),),
)
OPEN = evolve(SECRET, visibility=Visibility.PUBLIC)
VIEW = in_project(Action.VIEW, visitors=True)
RUN = in_project(Action.RUN)
IN, SIGN, NO, HIDDEN = (
    Outcome.LET_IN,
    Outcome.SIGN_IN,
    Outcome.REFUSED,
    Outcome.HIDDEN,
)


def caller(name: str, role: Role = Role.USER, **more: Any) -> Caller:
    """Return somebody with a session, or with *more* of a token."""
    return Caller(User(name, UserName(name), role=role), **more)


ADA = caller("ada")
GONE = Caller(evolve(ADA.user, disabled=True))
SUE = caller("sue", Role.SUPERUSER)
STAN = caller("stan", Role.STAFF)


@pytest.mark.parametrize(
    ("right", "who", "where", "comes"),
    [
        (MACHINE, None, None, IN),
        (MACHINE, caller("ada", scopes=frozenset()), None, IN),
        (ANYONE, None, None, IN),
        (PERSON, None, None, SIGN),
        (PERSON, ADA, None, IN),
        (PERSON, GONE, None, SIGN),
        (PERSON, caller("ada", scopes=EVERY_SCOPE), None, NO),
        (PERSON, caller("ada", project="p1"), None, NO),
        (person("project:create"), caller("ada", project="p1"), None, IN),
        (person("project:create"), caller("ada", scopes=frozenset()), None, NO),
        (SUPERUSER, STAN, None, NO),
        (SUPERUSER, SUE, None, IN),
        (SUPERUSER, caller("sue", Role.SUPERUSER, project="p1"), None, NO),
        (least(Role.STAFF), STAN, None, IN),
        (least(Role.STAFF, "x"), caller("stan", Role.STAFF, scopes={"x"}), None, IN),
        (own(Role.STAFF), STAN, None, IN),
        (own(Role.STAFF), ADA, None, NO),
        (own(Role.STAFF, Action.VIEW), caller("s", Role.STAFF, project="p"), None, NO),
        (VIEW, None, SECRET, HIDDEN),
        (VIEW, None, OPEN, IN),
        (VIEW, caller("eve"), SECRET, HIDDEN),
        (VIEW, GONE, SECRET, HIDDEN),
        (VIEW, SUE, SECRET, IN),
        (RUN, None, OPEN, SIGN),
        (RUN, caller("eve"), SECRET, HIDDEN),
        (RUN, caller("eve"), OPEN, NO),
        (RUN, caller("vic"), SECRET, NO),
        (RUN, ADA, SECRET, IN),
        (RUN, SUE, SECRET, NO),
        (RUN, caller("ada", scopes=frozenset({"project:read"})), SECRET, NO),
        (RUN, caller("ada", scopes=frozenset({"project:state"})), SECRET, IN),
        (RUN, caller("ada", project="p1"), SECRET, IN),
        (RUN, caller("ada", project="p2"), OPEN, HIDDEN),
    ],
)
def test_outcomes(
    right: Right, who: Caller | None, where: Project | None, comes: Outcome
) -> None:
    """Who, at what, with which result; what an address checks by itself agrees."""
    assert outcome(right, who, where) is comes
    if right.needs.value == "nobody" or who is GONE:
        return  # nobody is looked up; the disabled have no caller
    if comes is SIGN:
        with pytest.raises(Unauthenticated):
            admit(right, who)
    elif where is None and comes is NO and not right.own:
        with pytest.raises(Forbidden):
            admit(right, who)
    elif comes is IN:
        admit(right, who)


def test_what_is_ones_own_is_asked_later() -> None:
    """The address cannot know whose the thing is."""
    admit(own(Role.SUPERUSER), ADA)
    with pytest.raises(Forbidden):
        admit(own(Role.SUPERUSER), caller("ada", project="p1"))


@pytest.mark.parametrize(
    ("right", "limits", "said"),
    [
        (RUN, {"scopes": frozenset({"project:read"})}, "scope “project:state”"),
        (PERSON, {"scopes": frozenset({"project:read"})}, "without limits"),
        (PERSON, {"project": "p1"}, "without limits"),
        (person("project:create"), {"scopes": frozenset()}, "“project:create”"),
    ],
)
def test_what_is_missing_is_named(
    right: Right, limits: dict[str, Any], said: str
) -> None:
    """A person can make the token that is needed."""
    with pytest.raises(Forbidden, match=said):
        admit(right, caller("ada", **limits))


def test_scopes() -> None:
    """Every action is in a scope; whoever may do something may see what it is."""
    for action in Action:
        assert granting(action)
    for actions in SCOPES.values():
        assert not actions or Action.VIEW in actions
    assert set(APP_SCOPES) <= EVERY_SCOPE
