"""The permission table, as a table."""

import pytest
from attrs import evolve

from aen.model.errors import Forbidden, NotFound
from aen.model.names import PlaceName, UserName, parse_project_path
from aen.model.permissions import (
    GRANTS,
    SCOPES,
    Action,
    Standing,
    demand,
    demand_superuser,
    granted,
    may,
    standing,
    who_starts,
)
from aen.model.projects import Member, Project, State, TeamRole, Visibility
from aen.model.users import Caller, Role, User

PRIVATE = Project(
    id="p1",
    path=parse_project_path("ada", "lab"),
    data_center=PlaceName("east"),
    team=(
        Member(UserName("mia"), TeamRole.MAINTAINER),
        Member(UserName("ben")),
        Member(UserName("vic"), TeamRole.VIEWER),
    ),
)
PUBLIC = evolve(PRIVATE, visibility=Visibility.PUBLIC)


def caller(name: str, role: Role = Role.USER) -> Caller:
    """Return somebody in a browser."""
    return Caller(User(f"id-{name}", UserName(name), role=role), session="s")


ROOT = caller("sue", Role.SUPERUSER)
PEOPLE = {
    Standing.OWNER: caller("ada"),
    Standing.MAINTAINER: caller("mia"),
    Standing.MEMBER: caller("ben"),
    Standing.VIEWER: caller("vic"),
    Standing.STRANGER: caller("eve"),
    Standing.ADMINISTRATOR: ROOT,
}


@pytest.mark.parametrize("what", list(PEOPLE))
def test_everybody_is_what_they_are(what: Standing) -> None:
    """Owner, team, administrator and stranger are told apart."""
    assert standing(PEOPLE[what], PRIVATE) is what


def test_a_public_project_has_visitors() -> None:
    """Signed in or not, anybody may read it; a disabled person is a visitor at most."""
    off = caller("ada")
    off = evolve(off, user=evolve(off.user, disabled=True))
    for who in (None, caller("eve"), off):
        assert standing(who, PUBLIC) is Standing.VISITOR
        assert standing(who, PRIVATE) is Standing.STRANGER


@pytest.mark.parametrize(
    ("what", "allowed"),
    [
        (Standing.OWNER, set(Action)),
        (Standing.MAINTAINER, set(Action) - {Action.ADMINISTER}),
        (Standing.MEMBER, {Action.VIEW, Action.READ_FILES, Action.RUN, Action.EDIT}),
        (Standing.VIEWER, {Action.VIEW, Action.READ_FILES}),
        (Standing.STRANGER, set()),
        (Standing.ADMINISTRATOR, set(Action) - {Action.READ_FILES, Action.RUN}),
    ],
)
def test_the_table(what: Standing, allowed: set[Action]) -> None:
    """What each may do is exactly this."""
    who = PEOPLE[what]
    assert {action for action in Action if may(who, action, PRIVATE)} == allowed
    assert GRANTS[what] == allowed


def test_joining_a_team_takes_nothing_from_an_administrator() -> None:
    """They have the rights of both; by a token for one project only the team's."""
    for name in ("mia", "ben", "vic"):
        both = caller(name, Role.SUPERUSER)
        mine = granted(caller(name), PRIVATE)
        assert granted(both, PRIVATE) == mine | GRANTS[Standing.ADMINISTRATOR]
        assert granted(evolve(both, project="p1"), PRIVATE) == mine


def test_a_refusal_does_not_tell_strangers() -> None:
    """To strangers a private project is not there; others learn that they may not."""
    with pytest.raises(NotFound):
        demand(PEOPLE[Standing.STRANGER], Action.VIEW, PRIVATE)
    with pytest.raises(NotFound):
        demand(None, Action.VIEW, PRIVATE)
    with pytest.raises(Forbidden):
        demand(PEOPLE[Standing.VIEWER], Action.RUN, PRIVATE)
    demand(PEOPLE[Standing.VIEWER], Action.VIEW, PRIVATE)


def test_a_limited_token_stays_in_its_limits() -> None:
    """Scopes take away, a project shuts out every other, and neither ever adds."""
    reading = evolve(caller("ada"), scopes=frozenset({"project:read"}))
    assert may(reading, Action.VIEW, PRIVATE)
    assert not may(reading, Action.RUN, PRIVATE)
    other = evolve(caller("ada"), scopes=frozenset(SCOPES), project="p2")
    assert standing(other, PRIVATE) is Standing.STRANGER
    nothing = evolve(ROOT, scopes=frozenset[str]())
    assert not may(nothing, Action.VIEW, PRIVATE)


def test_only_superusers_administer() -> None:
    """A token with scopes is no superuser, whoever made it."""
    demand_superuser(ROOT)
    for who in (caller("ada"), evolve(ROOT, scopes=frozenset({"project:read"}))):
        with pytest.raises(Forbidden):
            demand_superuser(who)


def test_readers_are_told_whom_to_ask() -> None:
    """Those who can start it, but never a whole crowd."""
    assert "ada/lab is stopped." in who_starts(PRIVATE)
    assert "ask ada, mia or ben to." in who_starts(PRIVATE)
    alone = evolve(PRIVATE, team=(), state=State.FAILED)
    assert "did not start. You may read it, but not start it: ask ada to." in (
        who_starts(alone)
    )
    crowd = tuple(Member(UserName(f"p{number}")) for number in range(9))
    many = who_starts(evolve(PRIVATE, team=crowd))
    assert "ask ada, p0 or somebody else of its team to." in many
