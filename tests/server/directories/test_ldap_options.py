"""Options by the names LDAP libraries give them."""

from typing import Any

import pytest

from aen.model.errors import Invalid
from aen.server.directories.ldap_options import Tuning, tuning


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, Tuning()),
        ({"OPT_PROTOCOL_VERSION": 3, "OPT_REFERRALS": 0}, Tuning()),
        ({"opt_protocol_version": "VERSION3", "REFERRALS": "OPT_OFF"}, Tuning()),
        ({"OPT_X_TLS_NEWCTX": 0}, Tuning()),
        ({"OPT_NETWORK_TIMEOUT": 2, "OPT_TIMEOUT": 3.5}, Tuning(2.0, 3.5)),
        ({"OPT_X_TLS_REQUIRE_CERT": "demand"}, Tuning()),
        ({"OPT_X_TLS_REQUIRE_CERT": "OPT_X_TLS_NEVER"}, Tuning(verify=False)),
        ({"OPT_X_TLS_REQUIRE_CERT": "allow"}, Tuning(verify=False)),
        ({"OPT_X_TLS_REQUIRE_CERT": 0}, Tuning(verify=False)),
        ({"OPT_X_TLS_REQUIRE_CERT": 2}, Tuning()),
        ({"OPT_X_TLS_CACERTFILE": "/ca"}, Tuning(ca="/ca")),
        (
            {"OPT_X_TLS_CERTFILE": "/c", "OPT_X_TLS_KEYFILE": "/k"},
            Tuning(certificate="/c", key="/k"),
        ),
        ({"OPT_DEREF": "DEREF_ALWAYS"}, Tuning(deref=3)),
        ({"OPT_DEREF": 1}, Tuning(deref=1)),
    ],
)
def test_options(options: dict[str, Any], expected: Tuning) -> None:
    """Names and values may be written as those libraries have them."""
    assert tuning(options, Tuning()) == expected


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"OPT_PROTOCOL_VERSION": 2}, "the only version"),
        ({"OPT_REFERRALS": 1}, "never followed"),
        ({"OPT_TIMEOUT": "soon"}, "number of seconds"),
        ({"OPT_TIMEOUT": 0}, "number of seconds"),
        ({"OPT_TIMEOUT": True}, "number of seconds"),
        ({"OPT_X_TLS_REQUIRE_CERT": "maybe"}, "“demand” or “never”"),
        ({"OPT_X_TLS_REQUIRE_CERT": 7}, "“demand” or “never”"),
        ({"OPT_X_TLS_CACERTFILE": 1}, "path of a file"),
        ({"OPT_DEREF": "sometimes"}, "one of"),
        ({"OPT_REFERALS": 0}, "did you mean “OPT_REFERRALS”"),
        ({"NONSENSE": 0}, "unknown option “NONSENSE”"),
    ],
)
def test_wrong_options(options: dict[str, Any], words: str) -> None:
    """Each is refused by its name, with the nearest known one."""
    with pytest.raises(Invalid, match=words):
        tuning(options, Tuning())
