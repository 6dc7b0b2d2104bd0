"""Who may do what to a project: one table, used by pages, API and gateway."""

import enum

from aen.model.errors import Forbidden, NotFound
from aen.model.projects import Project, State, TeamRole, Visibility
from aen.model.users import Caller, Role


class Standing(enum.Enum):
    """What somebody is to one project."""

    OWNER = "owner"
    MAINTAINER = "maintainer"
    MEMBER = "member"
    VIEWER = "viewer"
    VISITOR = "visitor"
    """Signed in or not, at a public project."""
    STRANGER = "stranger"
    """At a private project: it does not exist for them."""
    ADMINISTRATOR = "administrator"


class Action(enum.Enum):
    """What can be done to a project."""

    VIEW = "view"
    READ_FILES = "read files"
    RUN = "run"
    """Start and stop it, open its writing apps, change environments."""
    EDIT = "edit"
    """Change summary, description and tags."""
    MANAGE_TEAM = "manage team"
    ADMINISTER = "administer"
    """Change visibility, rename, transfer, delete."""


_READ = frozenset({Action.VIEW, Action.READ_FILES})
_WORK = _READ | {Action.RUN, Action.EDIT}

GRANTS: dict[Standing, frozenset[Action]] = {
    Standing.OWNER: frozenset(Action),
    Standing.MAINTAINER: _WORK | {Action.MANAGE_TEAM},
    Standing.MEMBER: _WORK,
    Standing.VIEWER: _READ,
    Standing.VISITOR: _READ,
    Standing.STRANGER: frozenset(),
    # Administrators look after projects; they do not read the files in them.
    Standing.ADMINISTRATOR: frozenset(
        {Action.VIEW, Action.EDIT, Action.MANAGE_TEAM, Action.ADMINISTER}
    ),
}

_TEAM: dict[TeamRole, Standing] = {
    TeamRole.MAINTAINER: Standing.MAINTAINER,
    TeamRole.MEMBER: Standing.MEMBER,
    TeamRole.VIEWER: Standing.VIEWER,
}

# What a token's scopes let it do to projects. A scope without actions is asked for by
# an address (`rights`).
_VIEW = frozenset({Action.VIEW})
SCOPES: dict[str, frozenset[Action]] = {
    "user:username": frozenset(),
    "project:read": _VIEW,
    "project:files": _READ,
    "project:state": _VIEW | {Action.RUN},
    "project:edit": _VIEW | {Action.EDIT},
    "project:team": _VIEW | {Action.MANAGE_TEAM},
    "project:admin": _VIEW | {Action.ADMINISTER},
    "project:create": frozenset(),
    "project:heartbeat": _VIEW,
    "ssh-keys:read": frozenset(),
}
APP_SCOPES = ("user:username", "project:read", "project:state", "project:heartbeat")
"""The scopes a manifest may give to the tokens of its app."""


def standing(caller: Caller | None, project: Project) -> Standing:
    """Return what *caller* (None: nobody signed in) is to *project*."""
    if caller is not None and not caller.user.disabled:
        if caller.project is not None and caller.project != project.id:
            return Standing.STRANGER
        if caller.user.name == project.path.owner:
            return Standing.OWNER
        member = project.member(caller.user.name)
        if member is not None:
            return _TEAM[member.role]
        if caller.user.role is Role.SUPERUSER:
            return Standing.ADMINISTRATOR
    if project.visibility is Visibility.PUBLIC:
        return Standing.VISITOR
    return Standing.STRANGER


def granted(caller: Caller | None, project: Project) -> frozenset[Action]:
    """Return what *caller* may do to *project* by what they are to it.

    An administrator in a team has the rights of both: joining takes none away.
    """
    what = standing(caller, project)
    rights = GRANTS[what]
    if caller is None or caller.project is not None or what not in _TEAM.values():
        return rights
    if caller.user.role is Role.SUPERUSER:
        return rights | GRANTS[Standing.ADMINISTRATOR]
    return rights


def may(caller: Caller | None, action: Action, project: Project) -> bool:
    """Whether *caller* may do *action* to *project*; hides buttons."""
    if action not in granted(caller, project):
        return False
    if caller is None or caller.scopes is None:
        return True
    return any(action in SCOPES.get(scope, ()) for scope in caller.scopes)


READABLE = frozenset({State.STARTING, State.RUNNING})
"""The states in which apps that are open to readers are so.

Who may not run a project cannot start it, but may wait while it starts.
"""
_FEW = 3
_HOW: dict[State, str] = {
    State.STOPPING: "is being stopped",
    State.FAILED: "did not start",
}


def who_starts(project: Project) -> str:
    """Return what readers are told of a project that does not run: whom to ask."""
    names: list[str] = [project.path.owner]
    names += [m.user for m in project.team if Action.RUN in GRANTS[_TEAM[m.role]]]
    if len(names) > _FEW:
        names[_FEW - 1 :] = ["somebody else of its team"]
    *first, last = names
    whom = f"{', '.join(first)} or {last}" if first else last
    how = _HOW.get(project.state, "is stopped")
    return (
        f"{project.path} {how}. You may read it, but not start it: ask {whom} to."
        " Once it runs, its files open to you here."
    )


def no_project() -> NotFound:
    """Return what to raise where there is no project, or none for who asks.

    It is one sentence, so that strangers do not learn which of the two it is.
    """
    return NotFound("There is no such project.")


def demand(caller: Caller | None, action: Action, project: Project) -> None:
    """Guard an action: raise `NotFound` to strangers, `Forbidden` to the rest."""
    if may(caller, action, project):
        return
    if standing(caller, project) is Standing.STRANGER:
        raise no_project()
    raise Forbidden(f"You may not {action.value} in {project.path}.")


def demand_whole(caller: Caller) -> None:
    """Guard what is somebody's own: raise `Forbidden` to tokens that are limited."""
    if not caller.whole:
        raise Forbidden("This token may not do that.")


def demand_superuser(caller: Caller) -> None:
    """Guard administration: raise `Forbidden` to everyone but superusers."""
    if not caller.is_superuser:
        raise Forbidden("Only an administrator may do this.")


def demand_operator(by: Caller | None) -> None:
    """Guard what administrators do, or the operator at the command line: None."""
    if by is not None:
        demand_superuser(by)
