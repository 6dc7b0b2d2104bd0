"""What a directory's answers mean: pure, in words for operators."""

import re
from collections.abc import Mapping

from aen.server.directories.directory import Reason, Refusal
from aen.server.directories.ldap_messages import Result

SUCCESS = 0
TIME_LIMIT = 3
SIZE_LIMIT = 4
STRONGER = 8
REFERRAL = 10
CONFIDENTIALITY = 13
NO_SUCH_OBJECT = 32
INVALID_DN = 34
INAPPROPRIATE = 48
INVALID_CREDENTIALS = 49
INSUFFICIENT = 50
BUSY = 51
UNAVAILABLE = 52
UNWILLING = 53

_WORDS: Mapping[int, str] = {
    1: "it could not do that now",
    2: "it takes us not to speak LDAP version 3",
    TIME_LIMIT: "the search took it too long",
    SIZE_LIMIT: "it found more than was asked for",
    7: "it does not let people sign in by name and password",
    STRONGER: "it wants a safer connection",
    REFERRAL: "it names another directory, which is not asked",
    11: "it found more than it gives out",
    CONFIDENTIALITY: "it wants the connection encrypted",
    NO_SUCH_OBJECT: "there is nothing of that name",
    INVALID_DN: "it takes the name not for a DN",
    INAPPROPRIATE: "it knows no password for that name, or refuses anonymous access",
    INVALID_CREDENTIALS: "name or password are wrong",
    INSUFFICIENT: "that is not allowed to who asks",
    BUSY: "it is busy",
    UNAVAILABLE: "it is not available",
    UNWILLING: "it is not willing to do that",
}
_MENDS: Mapping[int, str] = {
    STRONGER: "Set LDAP.START_TLS or use ldaps://.",
    CONFIDENTIALITY: "Set LDAP.START_TLS or use ldaps://.",
    INVALID_CREDENTIALS: "Check LDAP.BIND_DN and LDAP.BIND_AUTH.",
    INVALID_DN: "LDAP.BIND_DN must be a whole DN, like cn=aen,dc=example,dc=org.",
    INAPPROPRIATE: "Set LDAP.BIND_DN and LDAP.BIND_AUTH, or allow anonymous searches.",
    INSUFFICIENT: "Give the account LDAP.BIND_DN the right to search there.",
    NO_SUCH_OBJECT: "Check the base of the search.",
    REFERRAL: "Name the directory that holds this part in LDAP.URI.",
    UNWILLING: "The directory's own log says why.",
}
_NOT_NOW = frozenset({1, BUSY, UNAVAILABLE})

# Active Directory says more in the text of an error 49: "…, data 533, v…".
_DETAIL = re.compile(r"\bdata ([0-9a-f]{3,4})\b", re.IGNORECASE)
_DETAILS: Mapping[str, tuple[Reason, str]] = {
    "525": (Reason.UNKNOWN, "there is no such user"),
    "52e": (Reason.WRONG, "wrong password"),
    "530": (Reason.CLOSED, "not at this time of day"),
    "531": (Reason.CLOSED, "not from this machine"),
    "532": (Reason.EXPIRED, "the password has expired"),
    "533": (Reason.CLOSED, "the account is disabled"),
    "701": (Reason.CLOSED, "the account has expired"),
    "773": (Reason.EXPIRED, "the password must be changed first"),
    "775": (Reason.CLOSED, "the account is locked"),
}
EXPIRED = "Your password has expired; choose a new one where you change it."


def words(result: Result) -> str:
    """Return what *result* means, with what the directory itself said."""
    meaning = _WORDS.get(result.code, f"it answers with error {result.code}")
    said = " ".join(result.text.replace("\0", "").split())[:200]
    return f"{meaning} (“{said}”)" if said else meaning


def mend(result: Result) -> str:
    """Return what an operator can do about *result*; empty where nothing is known."""
    return _MENDS.get(result.code, "")


def not_now(result: Result) -> bool:
    """Whether another directory, or this one later, may answer otherwise."""
    return result.code in _NOT_NOW


def refusal(result: Result) -> Refusal | None:
    """Return whom a bind that did not succeed refuses; None: it tells nothing of them.

    A person's own bind can fail in ways that are about the settings, not about them.
    """
    if result.code in (INVALID_CREDENTIALS, INAPPROPRIATE, UNWILLING):
        found = _DETAIL.search(result.text)
        reason, detail = _DETAILS.get(
            found[1].lower() if found else "", (Reason.WRONG, words(result))
        )
        # Active Directory says so only to who gave the right password.
        told = EXPIRED if reason is Reason.EXPIRED else ""
        return Refusal(reason, detail, told)
    if result.code in (NO_SUCH_OBJECT, INVALID_DN):
        return Refusal(Reason.UNKNOWN, words(result))
    return None
