"""`LDAP.OPTIONS`: option names of LDAP libraries, as settings of that time had them."""

import difflib
from collections.abc import Callable, Mapping
from typing import Any

from attrs import evolve, frozen

from aen.model.errors import Invalid


@frozen
class Tuning:
    """What options come to."""

    connect: float = 5.0
    answer: float = 10.0
    ca: str | None = None
    verify: bool = True
    """Whether the directory's certificate and name are checked."""
    certificate: str | None = None
    """Our own certificate, for directories that ask for one."""
    key: str | None = None
    deref: int = 0
    """When aliases are followed (RFC 4511, 4.5.1.3)."""


_REQUIRE = {"never": 0, "hard": 1, "demand": 2, "allow": 3, "try": 4}
_UNCHECKED = frozenset({0, 3})
_DEREF = {"never": 0, "searching": 1, "finding": 2, "always": 3}
_VERSION = 3


def tuning(options: Mapping[str, Any], base: Tuning) -> Tuning:
    """Return *base* as *options* change it.

    :raises Invalid: an option is unknown or cannot be what it is set to.
    """
    for name, value in options.items():
        known = name.upper().removeprefix("LDAP_")
        known = known if known.startswith("OPT_") else f"OPT_{known}"
        if known not in _OPTIONS:
            near = difflib.get_close_matches(known, _OPTIONS, n=1)
            hint = f" (did you mean “{near[0]}”?)" if near else ""
            raise Invalid(f"“LDAP.OPTIONS”: unknown option “{name}”{hint}.")
        base = _OPTIONS[known](known, value, base)
    return base


def _wrong(name: str, what: str, value: object) -> Invalid:
    return Invalid(f"“LDAP.OPTIONS.{name}” must be {what}, not “{str(value)[:40]}”.")


def _version(name: str, value: Any, base: Tuning) -> Tuning:
    if value not in (_VERSION, str(_VERSION), "VERSION3"):
        raise _wrong(name, "3, the only version there is", value)
    return base


def _referrals(name: str, value: Any, base: Tuning) -> Tuning:
    if value not in (0, False, "0", "OPT_OFF", "off"):
        raise _wrong(name, "0: referrals are never followed", value)
    return base


def _seconds(part: str) -> Callable[[str, Any, Tuning], Tuning]:
    def take(name: str, value: Any, base: Tuning) -> Tuning:
        if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
            raise _wrong(name, "a number of seconds", value)
        return _with(base, part, float(value))

    return take


def _with(base: Tuning, part: str, value: Any) -> Tuning:
    return evolve(base, **{part: value})


def _file(part: str) -> Callable[[str, Any, Tuning], Tuning]:
    def take(name: str, value: Any, base: Tuning) -> Tuning:
        if not isinstance(value, str) or not value:
            raise _wrong(name, "the path of a file", value)
        return _with(base, part, value)

    return take


def _require(name: str, value: Any, base: Tuning) -> Tuning:
    found = _choice(value, _REQUIRE, "OPT_X_TLS_")
    if found is None:
        raise _wrong(name, "“demand” or “never”", value)
    return evolve(base, verify=found not in _UNCHECKED)


def _deref(name: str, value: Any, base: Tuning) -> Tuning:
    found = _choice(value, _DEREF, "DEREF_")
    if found is None:
        words = ", ".join(f"“{one}”" for one in _DEREF)
        raise _wrong(name, f"one of {words}", value)
    return evolve(base, deref=found)


def _choice(value: Any, known: Mapping[str, int], prefix: str) -> int | None:
    """Return the number that *value* is, or is a name of."""
    if isinstance(value, str):
        return known.get(value.upper().removeprefix(prefix).lower())
    number = isinstance(value, int) and not isinstance(value, bool)
    return value if number and value in known.values() else None


def _nothing(_: str, __: Any, base: Tuning) -> Tuning:
    return base


_OPTIONS: Mapping[str, Callable[[str, Any, Tuning], Tuning]] = {
    "OPT_PROTOCOL_VERSION": _version,
    "OPT_REFERRALS": _referrals,
    "OPT_NETWORK_TIMEOUT": _seconds("connect"),
    "OPT_TIMEOUT": _seconds("answer"),
    "OPT_DEREF": _deref,
    "OPT_X_TLS_REQUIRE_CERT": _require,
    "OPT_X_TLS_CACERTFILE": _file("ca"),
    "OPT_X_TLS_CERTFILE": _file("certificate"),
    "OPT_X_TLS_KEYFILE": _file("key"),
    "OPT_X_TLS_NEWCTX": _nothing,
}
