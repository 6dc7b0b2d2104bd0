"""What the API shows and takes: one class each, described by the same classes."""

from datetime import UTC, datetime
from typing import Any

from attrs import evolve, frozen

from aen.model.places import DataCenter, NodeHealth
from aen.model.projects import Member, Progress, Project, TeamRole, edition
from aen.model.tasks import Task
from aen.model.users import User
from aen.server.records import AppLink, TokenInfo
from aen.wire.messages import Launch


def stamp(seconds: float) -> str:
    """Return a time as the API writes it (RFC 3339, UTC)."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def stamp_or_none(seconds: float | None) -> str | None:
    """Return a time, or null for what has not happened."""
    return None if seconds is None else stamp(seconds)


# ---- shown


@frozen
class UserObject:
    """A person's account; `email`, `role` and `disabled` are for administrators."""

    username: str
    name: str
    created: str
    email: str | None = None
    role: str | None = None
    disabled: bool | None = None
    url: str = ""
    company: str = ""
    location: str = ""


@frozen
class MeObject:
    """Who asks; `scopes` and `project` are what the token is limited to."""

    username: str
    name: str
    email: str
    role: str
    scopes: tuple[str, ...] | None
    project: str | None
    url: str = ""
    company: str = ""
    location: str = ""
    notices: bool | None = None
    """Whether mail tells of sign-ins from new places; null: not for this token."""


@frozen
class MemberObject:
    """One person of a team."""

    user: str
    role: TeamRole
    until: str | None = None
    """When a guest's time is over; null: they stay."""


@frozen
class ProgressObject:
    """How far a start or stop has come."""

    step: str
    done: int
    total: int


@frozen
class ProjectObject:
    """A project; `edition` changes with what `PATCH` changes, and is its ETag."""

    id: str
    edition: str
    owner: str
    name: str
    state: str
    visibility: str
    summary: str
    description: str
    tags: tuple[str, ...]
    team: tuple[MemberObject, ...]
    data_center: str
    nodes: tuple[str, ...]
    environment: str
    created: str
    updated: str
    progress: ProgressObject | None
    problem: str | None
    problem_log: tuple[str, ...]
    stars: int


@frozen
class TaskObject:
    """Work that goes on after the answer."""

    id: str
    kind: str
    key: str
    by: str
    state: str
    attempts: int
    created: str
    updated: str
    progress: ProgressObject | None
    problem: str
    output: tuple[str, ...]
    """The last lines a tool has printed so far."""
    tries: int
    """How often it was put off because of something that may pass by itself."""
    lost: int
    """How often it was lost with a worker that died."""
    next: str | None
    """When it is tried again, if it waits for that."""
    log: tuple[str, ...]
    """The last lines of what failed."""
    cancelling: bool
    """Whether somebody wants it ended."""


@frozen
class AppObject:
    """An app of a project, and whether the caller's own instance runs."""

    name: str
    title: str
    icon: str
    permission: str
    instance: str
    url: str
    state: str
    started: str | None
    hidden: bool
    """Whether pages leave it out where people choose an app."""


@frozen
class LaunchObject:
    """Where an app is, and the state of its project."""

    url: str
    state: str


@frozen
class TokenObject:
    """An API token, without the token."""

    id: str
    note: str
    scopes: tuple[str, ...] | None
    created: str
    expires: str | None
    last_used: str | None
    project: str | None
    """`owner/name` of the only project it reaches; null: all its user may reach."""


@frozen
class NewTokenObject:
    """A token just made; this is the only time it is shown."""

    id: str
    note: str
    scopes: tuple[str, ...] | None
    created: str
    expires: str | None
    last_used: str | None
    project: str | None
    token: str


@frozen
class NodeObject:
    """A compute node."""

    name: str
    data_center: str
    url: str
    answering: bool
    projects: int
    single_user: bool
    version: str
    messages: tuple[str, ...]


@frozen
class DataCenterObject:
    """A gateway and its nodes."""

    name: str
    url: str
    summary: str
    connected: bool
    nodes: tuple[str, ...]


# ---- taken


@frozen
class NewUserBody:
    """An account to make."""

    username: str
    password: str
    email: str = ""
    name: str = ""


@frozen
class UserChangesBody:
    """What to change of an account; what is left out stays."""

    name: str | None = None
    email: str | None = None
    url: str | None = None
    company: str | None = None
    location: str | None = None
    notices: bool | None = None
    role: str | None = None
    disabled: bool | None = None
    password: str | None = None


@frozen
class MemberBody:
    """What a person is to be in a team."""

    role: TeamRole = TeamRole.MEMBER
    until: str | None = None
    """When a guest's time is over (RFC 3339); null: they stay."""


@frozen
class NewTokenBody:
    """A token to make; without `scopes` it may do what you may, `days` to live.

    `project` (`owner/name`) limits it to one project.
    """

    note: str
    scopes: tuple[str, ...] | None = None
    days: float | None = None
    project: str | None = None


# ---- from the model


def user_object(user: User, *, private: bool) -> UserObject:
    """Return an account as others see it, or with what is *private*."""
    shown = UserObject(
        user.name, user.display_name, stamp(user.created),
        url=user.url, company=user.company, location=user.location,
    )  # fmt: skip
    if not private:
        return shown
    role, disabled = user.role.value, user.disabled
    return evolve(shown, email=user.email, role=role, disabled=disabled)


def progress_object(progress: Progress | None) -> ProgressObject | None:
    """Return progress as the API shows it."""
    if progress is None:
        return None
    return ProgressObject(progress.step, progress.done, progress.total)


def member_object(member: Member) -> MemberObject:
    """Return one of a team."""
    return MemberObject(member.user, member.role, stamp_or_none(member.until))


def edition_of(shown: ProjectObject) -> str:
    """Return the edition of a project as the API shows it."""
    return shown.edition


def project_object(project: Project) -> ProjectObject:
    """Return a project as the API shows it."""
    return ProjectObject(
        id=project.id,
        edition=edition(project),
        owner=project.path.owner,
        name=project.path.name,
        state=project.state.value,
        visibility=project.visibility.value,
        summary=project.summary,
        description=project.description,
        tags=project.tags,
        team=tuple(member_object(one) for one in project.team),
        data_center=project.data_center,
        nodes=() if project.node is None else (project.node,),
        environment=project.environment,
        created=stamp(project.created),
        updated=stamp(project.updated),
        progress=progress_object(project.progress),
        problem=project.problem.message if project.problem else None,
        problem_log=project.problem.log if project.problem else (),
        stars=project.stars,
    )


def task_object(task: Task) -> TaskObject:
    """Return a task as the API shows it."""
    return TaskObject(
        id=task.id,
        kind=task.kind.value,
        key=task.key,
        by=task.by,
        state=task.state.value,
        attempts=task.attempts,
        created=stamp(task.created),
        updated=stamp(task.updated),
        progress=progress_object(task.progress),
        problem=task.problem,
        output=task.output,
        tries=task.tries,
        lost=task.lost,
        next=stamp_or_none(task.next or None),
        log=task.log,
        cancelling=bool(task.cancelling),
    )


def app_object(link: AppLink, launch: Launch | None) -> AppObject:
    """Return an app, and the caller's *launch* of it if there is one."""
    return AppObject(
        name=link.name,
        title=link.title,
        icon=link.icon,
        permission=link.permission.value,
        instance=link.instance.value,
        url=link.url,
        state=launch.state if launch is not None else "stopped",
        started=stamp(launch.started) if launch is not None else None,
        hidden=link.hidden,
    )


def _token_parts(token: TokenInfo) -> dict[str, Any]:
    return {
        "id": token.id,
        "note": token.note,
        "scopes": token.scopes,
        "created": stamp(token.created),
        "expires": stamp_or_none(token.expires),
        "last_used": stamp_or_none(token.last_used),
        "project": token.project,
    }


def token_object(token: TokenInfo) -> TokenObject:
    """Return a token as its owner sees it."""
    return TokenObject(**_token_parts(token))


def new_token_object(token: TokenInfo, text: str) -> NewTokenObject:
    """Return a token just made, with the token itself."""
    return NewTokenObject(**_token_parts(token), token=text)


def node_object(
    center: DataCenter, name: str, url: str, health: NodeHealth | None
) -> NodeObject:
    """Return a node with what is known of its health."""
    return NodeObject(
        name=name,
        data_center=center.name,
        url=url,
        answering=health.answering if health else False,
        projects=health.projects if health else 0,
        single_user=health.single_user if health else False,
        version=health.version if health else "",
        messages=health.messages if health else (),
    )
