"""Back ends that ask the directory of the tests."""

from typing import Any

from aen.server.directories.directory import Person, Reason, Refusal
from aen.server.directories.ldap import Ldap
from aen.server.directories.ldap_settings import LdapSettings, Search, check_ldap
from tests.reactor import reactor
from tests.slapd import ROOT, SERVICE, SERVICE_PASSWORD

PEOPLE = Search(f"ou=people,{ROOT}", "(uid=%(username)s)")
STAFF = Search(f"ou=staff,{ROOT}", "(&(objectClass=person)(uid=%(username)s))")
SERVED = {"BIND_DN": SERVICE, "BIND_AUTH": SERVICE_PASSWORD}
ADMINS = f"cn=admins,ou=groups,{ROOT}"


def ldap(*uris: str, **parts: Any) -> Ldap:
    """Return the back end that asks at *uris*."""
    settings = LdapSettings(**{"URI": uris, "USER_SEARCH": (PEOPLE,), **parts})
    check_ldap(settings)
    return Ldap(settings, reactor)


def reason(found: Person | Refusal) -> Reason | str:
    """Return why somebody is refused, or who is not."""
    return found.reason if isinstance(found, Refusal) else found.name
