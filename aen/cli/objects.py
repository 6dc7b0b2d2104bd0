"""What the API answers, as far as the command line uses it.

Fields that are not known here are left aside: the server may be newer.
"""

from collections.abc import Mapping
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import attrs
from attrs import frozen

from aen.cli.problems import Refused

T = TypeVar("T")


@frozen
class Me:
    """Who asks."""

    username: str
    name: str = ""
    role: str = "user"


@frozen
class Member:
    """One person of a team."""

    user: str
    role: str


@frozen
class Progress:
    """How far a start or stop has come."""

    step: str
    done: int = 0
    total: int = 0


@frozen
class Project:
    """A project."""

    owner: str
    name: str
    state: str
    visibility: str
    summary: str = ""
    tags: tuple[str, ...] = ()
    team: tuple[Member, ...] = ()
    data_center: str = ""
    environment: str = ""
    updated: str = ""
    progress: Progress | None = None
    problem: str | None = None
    problem_log: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """As people write it."""
        return f"{self.owner}/{self.name}"


@frozen
class App:
    """An app of a project."""

    name: str
    title: str
    state: str
    url: str = ""


@frozen
class Launch:
    """An app that was asked for."""

    url: str
    state: str


@frozen
class Environment:
    """An environment and what is in it."""

    name: str
    python: str = ""
    active: bool = False
    packages: tuple[str, ...] = ()


@frozen
class Task:
    """Work that goes on after the answer."""

    id: str
    kind: str
    state: str
    progress: Progress | None = None
    problem: str = ""
    output: tuple[str, ...] = ()


@frozen
class Token:
    """A token, without the token."""

    id: str
    note: str
    created: str = ""
    expires: str | None = None
    scopes: tuple[str, ...] | None = None
    project: str | None = None


@frozen
class NewToken:
    """A token just made."""

    id: str
    token: str


@frozen
class AppUse:
    """An app that runs, and what it uses."""

    launch: str
    app: str
    user: str
    cpu: float = 0.0
    memory: int = 0


@frozen
class BusyProject:
    """A project that runs, with its apps."""

    id: str
    owner: str
    name: str
    apps: tuple[AppUse, ...] = ()
    problem: str | None = None


@frozen
class Fault:
    """One kind of error."""

    kind: str
    message: str
    count: int
    last: str
    read: bool


@frozen
class Reset:
    """A link for a new password."""

    url: str
    hours: float


@frozen
class Report:
    """What people did in some time."""

    since: str
    until: str
    users: int
    projects: int
    active: int
    counts: Mapping[str, int]


@frozen
class Log:
    """What an app has printed."""

    lines: tuple[str, ...] = ()


def made(kind: type[T], content: object) -> T:
    """Return *content* of an answer as a *kind*.

    :raises Refused: the server says something else than it should.
    """
    if not isinstance(content, Mapping):
        raise Refused("The server's answer cannot be understood; is it an AEN server?")
    hints = get_type_hints(kind)
    try:
        return kind(
            **{
                one.name: _value(hints[one.name], content[one.name])
                for one in attrs.fields(kind)  # type: ignore[arg-type]
                if one.name in content
            }
        )
    except (TypeError, ValueError, KeyError):
        raise Refused("The server's answer lacks what it should have.") from None


def _value(kind: Any, content: Any) -> Any:
    options = [one for one in get_args(kind) if one is not type(None)]
    if content is None:
        return None
    if get_origin(kind) is tuple:
        return tuple(_value(options[0], one) for one in content)
    if get_origin(kind) is not None or (options and not attrs.has(kind)):
        return _value(options[0], content)
    return made(kind, content) if attrs.has(kind) else content
