"""LDAP filters (RFC 4515): text with holes, filled safely, to what goes on the wire."""

import re
from collections.abc import Mapping
from typing import Any

from ldaptor.protocols import pureldap

DEEPEST = 20
"""How deep filters may be nested."""

_SPECIAL = re.compile(r"[\\*()\x00]")
_ATTRIBUTE = r"(?:[A-Za-z][A-Za-z0-9-]*|[0-9]+(?:\.[0-9]+)+)(?:;[A-Za-z0-9-]+)*"
_ITEM = re.compile(
    rf"(?P<attribute>{_ATTRIBUTE})?(?P<dn>:dn)?(?::(?P<rule>[A-Za-z0-9.-]+))?"
    rf"(?P<operator>:=|~=|>=|<=|=)(?P<value>[^()\x00]*)",
    re.ASCII | re.DOTALL | re.IGNORECASE,
)
_ESCAPED = re.compile(rb"\\([0-9A-Fa-f]{2})?")
_COMPARISONS = {
    "=": pureldap.LDAPFilter_equalityMatch,
    "~=": pureldap.LDAPFilter_approxMatch,
    ">=": pureldap.LDAPFilter_greaterOrEqual,
    "<=": pureldap.LDAPFilter_lessOrEqual,
}


class WrongFilter(Exception):
    """A text is no filter; says why."""


def escape(text: str) -> str:
    """Return *text* as a value in a filter: nothing in it has a meaning any more."""
    return _SPECIAL.sub(lambda found: f"\\{ord(found[0]):02x}", text)


def fill(template: str, values: Mapping[str, str]) -> str:
    """Return *template* with each placeholder replaced by its value, escaped.

    In one pass: what a value holds is never taken for a placeholder.
    """
    names = re.compile("|".join(map(re.escape, values)))
    return names.sub(lambda found: escape(values[found[0]]), template)


def parse(text: str) -> Any:
    """Return the filter that *text* is, ready for the wire.

    :raises WrongFilter: it is none.
    """
    made, end = _filter(text.strip(), 0, 0)
    if end != len(text.strip()):
        raise WrongFilter("something follows its last bracket")
    return made


def _filter(text: str, at: int, depth: int) -> tuple[Any, int]:
    if depth > DEEPEST:
        raise WrongFilter("it is nested too deeply")
    if text[at : at + 1] != "(":
        raise WrongFilter(f"“(” is missing at character {at + 1}")
    kind = text[at + 1 : at + 2]
    if kind in ("&", "|"):
        parts, end = _several(text, at + 2, depth)
        known = {"&": pureldap.LDAPFilter_and, "|": pureldap.LDAPFilter_or}
        made = known[kind](value=parts)
    elif kind == "!":
        part, end = _filter(text, at + 2, depth + 1)
        made = pureldap.LDAPFilter_not(part)
    else:
        made, end = _item(text, at + 1)
    if text[end : end + 1] != ")":
        raise WrongFilter(f"“)” is missing at character {end + 1}")
    return made, end + 1


def _several(text: str, at: int, depth: int) -> tuple[list[Any], int]:
    parts = []
    while text[at : at + 1] == "(":
        part, at = _filter(text, at, depth + 1)
        parts.append(part)
    if not parts:
        raise WrongFilter("“&” or “|” joins nothing")
    return parts, at


def _item(text: str, at: int) -> tuple[Any, int]:
    found = _ITEM.match(text, at)
    if found is None:
        raise WrongFilter(f"no attribute, sign and value at character {at + 1}")
    attribute, value = found["attribute"] or "", found["value"]
    if found["operator"] == ":=":
        return _extensible(found), found.end()
    if not attribute or found["dn"] or found["rule"]:
        raise WrongFilter(f"a rule needs “:=” at character {at + 1}")
    if found["operator"] == "=" and value == "*":
        return pureldap.LDAPFilter_present(attribute), found.end()
    if "*" in value:
        if found["operator"] != "=":
            raise WrongFilter("“*” can only follow “=”")
        return _substrings(attribute, value), found.end()
    made = _COMPARISONS[found["operator"]](
        attributeDesc=pureldap.LDAPAttributeDescription(attribute),
        assertionValue=pureldap.LDAPAssertionValue(_plain(value)),
    )
    return made, found.end()


def _extensible(found: "re.Match[str]") -> Any:
    attribute, rule = found["attribute"], found["rule"]
    if not attribute and not rule:
        raise WrongFilter("“:=” needs an attribute or a rule")
    return pureldap.LDAPFilter_extensibleMatch(
        matchingRule=rule,
        type=attribute,
        matchValue=_plain(found["value"]),
        dnAttributes=True if found["dn"] else None,
    )


def _substrings(attribute: str, value: str) -> Any:
    first, *middle, last = value.split("*")
    parts = []
    if first:
        parts.append(pureldap.LDAPFilter_substrings_initial(_plain(first)))
    parts += [pureldap.LDAPFilter_substrings_any(_plain(one)) for one in middle if one]
    if last:
        parts.append(pureldap.LDAPFilter_substrings_final(_plain(last)))
    if not parts:
        raise WrongFilter("“**” stands for nothing")
    return pureldap.LDAPFilter_substrings(type=attribute, substrings=parts)


def _plain(value: str) -> bytes:
    """Return what a value stands for: bytes, escapes taken out."""

    def byte(found: "re.Match[bytes]") -> bytes:
        if found[1] is None:
            raise WrongFilter("“\\” must be followed by two hex digits")
        return bytes.fromhex(found[1].decode())

    return _ESCAPED.sub(byte, value.encode())
