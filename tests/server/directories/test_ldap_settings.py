"""The setting `LDAP`."""

from typing import Any

import pytest

from aen.model.errors import Invalid
from aen.runtime.structure import structure
from aen.server.directories.ldap_settings import (
    KeyMap,
    LdapSettings,
    Place,
    Scope,
    Search,
    check_ldap,
    place_of,
)

PEOPLE = {"base": "ou=people,dc=example,dc=org", "filter": "(uid=%(username)s)"}
LEAST = {"URI": "ldap://ldap.example.org", "USER_SEARCH": PEOPLE}
AD = {
    "URI": ["ldaps://dc1.example.org", "ldaps://dc2.example.org:3269"],
    "BIND_DN": "aen@example.org",
    "BIND_AUTH": "hidden",
    "USER_SEARCH": [
        {
            "base": "dc=example,dc=org",
            "filter": "(&(objectClass=user)(sAMAccountName=%(username)s)"
            "(!(userAccountControl:1.2.840.113556.1.4.803:=2)))",
        }
    ],
    "GROUP_SEARCH": {
        "base": "dc=example,dc=org",
        "filter": "(member:1.2.840.113556.1.4.1941:=%(dn)s)",
        "scope": "SCOPE_SUBTREE",
    },
    "KEY_MAP": {"email": "mail", "name": "displayName", "id": "objectGUID"},
    "TLS_CACERT": "/etc/ssl/ca.pem",
    "OPTIONS": {"OPT_PROTOCOL_VERSION": 3, "OPT_NETWORK_TIMEOUT": 2},
}


def read(content: dict[str, Any]) -> LdapSettings:
    """Return the settings as a file has them, checked."""
    found = structure(content, LdapSettings)
    check_ldap(found)
    return found


def test_settings_as_files_have_them() -> None:
    """One search or several, one address or several."""
    least = read(LEAST)
    assert least.places == (
        Place("ldap://ldap.example.org", "ldap.example.org", 389, secure=False),
    )
    assert least.USER_SEARCH[0].depth is Scope.SUBTREE
    assert least.KEY_MAP.attributes == ("mail", "cn")
    both = read(AD)
    assert [place.port for place in both.places] == [636, 3269]
    assert both.GROUP_SEARCH[0].depth is Scope.SUBTREE
    assert (both.tuning.connect, both.tuning.ca) == (2.0, "/etc/ssl/ca.pem")
    assert "hidden" not in repr(both)
    direct = read({"URI": "ldap://a", "BIND_DN": "uid=%(username)s,o=x"})
    assert direct.direct
    assert KeyMap("", "").attributes == ("1.1",)


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"USER_SERCH": PEOPLE}, "did you mean “USER_SEARCH”"),
        ({"KEY_MAP": {"mail": "mail"}}, "did you mean “email”"),
        ({"URI": []}, "names no directory"),
        ({"URI": "http://ldap"}, "LDAP.URI"),
        ({"URI": "ldap://"}, "LDAP.URI"),
        ({"URI": "ldap://a:b"}, "LDAP.URI"),
        ({"URI": "ldap://a/dc=example"}, "LDAP.URI"),
        ({"URI": "ldapi:///var/run/ldapi"}, "LDAP.URI"),
        ({"URI": "ldaps://a", "START_TLS": True}, "START_TLS"),
        ({"USER_SEARCH": []}, "USER_SEARCH"),
        ({"BIND_DN": "cn=x"}, "go together"),
        ({"BIND_AUTH": "x"}, "go together"),
        ({"BIND_DN": "uid=%(username)s", "BIND_AUTH": "x"}, "has no use"),
        ({"BIND_DN": "uid=%(user)s", "BIND_AUTH": "x"}, "holds “%\\(user"),
        ({"USER_SEARCH": {**PEOPLE, "scope": "tree"}}, "scope"),
        ({"USER_SEARCH": {**PEOPLE, "filter": "(uid=x)"}}, "finds anybody"),
        ({"USER_SEARCH": {**PEOPLE, "filter": "(a=%(username)s"}}, "no LDAP filter"),
        ({"USER_SEARCH": {**PEOPLE, "filter": "(a=%(dn)s)"}}, "known is"),
        ({"GROUP_SEARCH": {**PEOPLE, "filter": "(a=%(who)s)"}}, "GROUP_SEARCH.0"),
        ({"ANSWER_SECONDS": 0}, "ANSWER_SECONDS"),
        ({"OPTIONS": {"OPT_X_TLS_KEYFILE": "/k"}}, "OPT_X_TLS_CERTFILE"),
        ({"OPTIONS": {"OPT_X": 1}}, "unknown option"),
    ],
)
def test_wrong_settings(parts: dict[str, Any], words: str) -> None:
    """Each is refused with its key."""
    with pytest.raises(Invalid, match=words):
        read({**LEAST, **parts})


def test_addresses() -> None:
    """Names, addresses of both kinds, ports."""
    assert place_of("ldaps://[::1]:1636/").host == "::1"
    assert place_of(" LDAP://A.example ") == Place(
        "LDAP://A.example", "a.example", 389, secure=False
    )


def test_scopes() -> None:
    """As words, with or without what libraries put before them."""
    for text in ("base", "SCOPE_BASE", "Base"):
        assert Search("o=x", "(a=b)", text).depth is Scope.BASE
    for text in ("one", "onelevel", "SCOPE_ONELEVEL"):
        assert Search("o=x", "(a=b)", text).depth is Scope.ONELEVEL
