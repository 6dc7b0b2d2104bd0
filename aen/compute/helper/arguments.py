"""What the helper may be told: each argument's form, whoever has checked it before."""

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from aen.compute.disk.walk import Refused
from aen.compute.helper.cgroups import Limit

Check = Callable[[object], Any]
People = tuple[tuple[str, str], ...]
"""Names, each with ``rwx`` or ``r-x``."""

_USER = re.compile(r"[a-z][a-z0-9_-]{0,31}", re.ASCII)
_LAUNCH = re.compile(r"[a-z0-9]{1,40}", re.ASCII)
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}", re.ASCII)
_PART = r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}"
_FILE = re.compile(rf"{_PART}(?:/{_PART}){{0,3}}", re.ASCII)
_ACCESS = frozenset({"rwx", "r-x"})

MOST_PEOPLE = 1000
MOST_PARTS = 1000
MOST_FILES = 1000
LONGEST_TEXT = 128 * 1024  # characters; MAX_ARG_STRLEN of linux/binfmts.h
_LARGEST = 2**53


def form(what: str, pattern: "re.Pattern[str]") -> Check:
    """Return the check for text that matches *pattern* whole."""

    def check(value: object) -> str:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise Refused(f"is not {what}.")
        return value

    return check


user = form("the name of an account", _USER)
project = form(
    "the name of a project", re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", re.ASCII)
)
project_id = form("the id of a project", re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII))
staging = form(
    "the name of something staged",
    re.compile(r"[A-Za-z0-9_-]{1,64}\.[A-Za-z0-9]{1,64}", re.ASCII),
)
environment_name = form(
    "the name of an environment",
    re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,62}", re.ASCII),
)
launch = form("the id of a launch", _LAUNCH)


def flag(value: object) -> bool:
    """Return *value* if it is true or false."""
    if not isinstance(value, bool):
        raise Refused("must be true or false.")
    return value


def seconds(value: object) -> int:
    """Return *value* if it is a number of seconds, four hours at most."""
    most = 4 * 3600
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= most:
        raise Refused(f"must be a whole number from 1 to {most}.")
    return value


def text(value: object) -> str:
    """Return *value* if it can be handed to a program."""
    if not isinstance(value, str) or "\0" in value or len(value) > LONGEST_TEXT:
        raise Refused("is no text that a program could be given.")
    return value


def path(value: object) -> str:
    """Return *value* if it is an absolute path."""
    found = text(value)
    if not found.startswith("/") or len(found) > 4096:  # noqa: PLR2004 -- PATH_MAX
        raise Refused("is not an absolute path.")
    return found


def path_or_none(value: object) -> str:
    """Return *value* if it is an absolute path, or empty."""
    return "" if value == "" else path(value)


def people(value: object) -> People:
    """Return names with what each may do: ``[{"user": …, "access": …}, …]``."""
    found = []
    for one in _list(value, MOST_PEOPLE):
        if not isinstance(one, dict) or set(one) != {"user", "access"}:
            raise Refused("must hold objects of “user” and “access”.")
        if one["access"] not in _ACCESS:
            raise Refused("has an “access” that is neither “rwx” nor “r-x”.")
        found.append((str(user(one["user"])), str(one["access"])))
    if len({name for name, _ in found}) != len(found):
        raise Refused("names somebody twice.")
    return tuple(found)


def people_or_none(value: object) -> People | None:
    """Return names with what each may do, or None where nothing is known."""
    return None if value is None else people(value)


def launches(value: object) -> tuple[str, ...]:
    """Return the ids of launches."""
    return tuple(launch(one) for one in _list(value, 10_000))


def argv(value: object) -> tuple[str, ...]:
    """Return a program and its arguments."""
    found = tuple(text(one) for one in _list(value, MOST_PARTS))
    if not found or not found[0]:
        raise Refused("names no program.")
    return found


def variables(value: object) -> dict[str, str]:
    """Return an environment."""
    return {
        form("the name of a variable", _VARIABLE)(name): text(one)
        for name, one in _object(value, MOST_PARTS).items()
    }


def files(value: object) -> dict[str, str]:
    """Return texts by the relative names that they get."""
    found = {}
    for name, one in _object(value, MOST_FILES).items():
        if not isinstance(one, str):
            raise Refused("must hold texts.")
        found[form("a plain relative name", _FILE)(name)] = one
    return found


def limits(value: object) -> dict[str, Limit]:
    """Return the limits of ``app``, ``project`` and ``node``, as far as there are."""
    found = {}
    for level, one in _object(value, 3).items():
        if level not in ("app", "project", "node"):
            raise Refused("is of something else than “app”, “project” or “node”.")
        numbers = _object(one, 4)
        for key, number in numbers.items():
            _demand_limit(key, number)
        found[level] = Limit(**numbers)
    return found


def _demand_limit(key: str, number: object) -> None:
    kinds = (int, float) if key == "cpu" else (int,)
    if key not in ("memory", "cpu", "processes", "files"):
        raise Refused("knows “memory”, “cpu”, “processes” and “files” only.")
    if not isinstance(number, kinds) or isinstance(number, bool):
        raise Refused(f"“{key}” must be a number.")
    if not math.isfinite(number) or not 0 <= number < _LARGEST:
        raise Refused(f"“{key}” is out of bounds.")


def _list(value: object, most: int) -> list[object]:
    if not isinstance(value, list) or len(value) > most:
        raise Refused(f"must be a list of at most {most}.")
    return value


def _object(value: object, most: int) -> dict[str, Any]:
    if not isinstance(value, dict) or len(value) > most:
        raise Refused(f"must be an object of at most {most} keys.")
    return value


def checked(given: Mapping[str, object], checks: Mapping[str, Check]) -> dict[str, Any]:
    """Return the arguments of a call, all of them there and none besides.

    :raises Refused: naming the argument and what is wrong with it.
    """
    unknown = sorted(set(given) - set(checks))
    missing = sorted(set(checks) - set(given))
    if unknown:
        raise Refused(f"“{unknown[0][:80]}” is no argument of this verb.")
    if missing:
        raise Refused(f"“{missing[0]}” is missing.")
    found = {}
    for key, check in checks.items():
        try:
            found[key] = check(given[key])
        except Refused as error:
            raise Refused(f"“{key}” {error}") from None
    return found
