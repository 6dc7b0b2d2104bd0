"""Names that appear in addresses, on disk and in the operating system.

A value of one of these types was checked when it was made, by the `parse_…`
function beside it; inside, no function checks again.
"""

import re
from typing import NewType

from attrs import frozen

from aen.model.errors import Invalid

UserName = NewType("UserName", str)
ProjectName = NewType("ProjectName", str)
AppName = NewType("AppName", str)
PlaceName = NewType("PlaceName", str)
"""The name of a data center or of a node."""
EnvironmentName = NewType("EnvironmentName", str)

# useradd(8): at most 32 characters; lower case, because host names, mail
# addresses and file systems disagree on whether case matters.
_USER = re.compile(r"[a-z][a-z0-9_-]{0,31}", re.ASCII)
_PROJECT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", re.ASCII)
_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}", re.ASCII)
_PLACE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}", re.ASCII)
_ENVIRONMENT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,62}", re.ASCII)

RESERVED_USERS = frozenset(
    # first path segments of the server and of the gateway
    "login logout register account projects search admin oauth static api healthz"
    " public wire favicon.ico robots.txt about help"
    # accounts that exist on every machine or that people would trust
    " root daemon bin sys nobody system administrator anonymous me new all".split()
)
RESERVED_PROJECTS = frozenset({"settings", "new", "start", "stop"})
RESERVED_APPS = frozenset({"public", "settings", "start", "stop", "reset", "events"})


def _parse(what: str, pattern: re.Pattern[str], rule: str, text: str) -> str:
    if not text:
        raise Invalid(f"{what} is missing.", fields={"name": f"{what} is missing."})
    if not pattern.fullmatch(text):
        message = f"{what} must be {rule}."
        raise Invalid(message, fields={"name": message})
    return text


def _not_reserved(what: str, reserved: frozenset[str], text: str) -> None:
    if text.lower() in reserved:
        message = f"{what} “{text}” is reserved; choose another."
        raise Invalid(message, fields={"name": message})


def parse_user_name(text: str) -> UserName:
    """Return *text* as the name of a person's account, or raise `Invalid`."""
    rule = (
        "1 to 32 lower-case letters a-z, digits, hyphens or underscores,"
        " beginning with a letter"
    )
    name = _parse("The user name", _USER, rule, text)
    _not_reserved("The user name", RESERVED_USERS, name)
    return UserName(name)


def parse_visitors_name(text: str, service_account: str = "") -> UserName:
    """Return *text* as the account of the nodes that visitors' apps run as.

    The best names are reserved ones, which no person can have.

    :raises Invalid: it cannot be an account, or is the machine's or the platform's.
    """
    if not _USER.fullmatch(text) or text in {"root", service_account}:
        raise Invalid(
            f"“ANON_USER” cannot be “{text[:40]}”; choose the name of an account that"
            " is for visitors alone, as “anonymous”."
        )
    return UserName(text)


def parse_project_name(text: str) -> ProjectName:
    """Return *text* as the name of a project, or raise `Invalid`."""
    rule = (
        "1 to 100 letters A-Z, digits, dots, hyphens or underscores,"
        " beginning with a letter or digit"
    )
    name = _parse("The project name", _PROJECT, rule, text)
    _not_reserved("The project name", RESERVED_PROJECTS, name)
    return ProjectName(name)


def parse_app_name(text: str) -> AppName:
    """Return *text* as the name of an app, or raise `Invalid`."""
    rule = "1 to 63 lower-case letters, digits, hyphens or underscores"
    name = _parse("The app name", _SLUG, rule, text)
    _not_reserved("The app name", RESERVED_APPS, name)
    return AppName(name)


def parse_place_name(text: str) -> PlaceName:
    """Return *text* as the name of a data center or node, or raise `Invalid`."""
    rule = "1 to 63 letters, digits, dots, hyphens or underscores"
    return PlaceName(_parse("The name", _PLACE, rule, text))


def parse_environment_name(text: str) -> EnvironmentName:
    """Return *text* as the name of an environment, or raise `Invalid`."""
    rule = "1 to 63 letters, digits, dots, hyphens or underscores"
    return EnvironmentName(_parse("The environment name", _ENVIRONMENT, rule, text))


@frozen(order=True)
class ProjectPath:
    """``owner/project``: how a project is addressed everywhere."""

    owner: UserName
    name: ProjectName

    def __str__(self) -> str:
        return f"{self.owner}/{self.name}"

    @property
    def key(self) -> str:
        """The form that is unique: two names that differ only in case clash."""
        return str(self).lower()


def parse_project_path(owner: str, name: str) -> ProjectPath:
    """Return the checked path, or raise `Invalid`.

    The owner may be a reserved name: accounts made by an administrator's
    commands (``wakari``) are addressed like any other.
    """
    if not _USER.fullmatch(owner):
        raise Invalid("There is no such project.")
    return ProjectPath(UserName(owner), parse_project_name(name))


def parse_whole_path(text: str) -> ProjectPath:
    """Return the path written as ``owner/name``, or raise `Invalid`."""
    owner, slash, name = text.strip().partition("/")
    if not slash:
        message = "Name the project as owner/name."
        raise Invalid(message, fields={"project": message})
    return parse_project_path(owner, name)
