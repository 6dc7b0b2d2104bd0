"""Which back end the settings name."""

import json
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted

from aen.model.errors import Invalid
from aen.server.directories.choosing import make_directory, source
from aen.server.directories.directory import Person
from aen.server.directories.ldap import Ldap
from aen.server.directories.ldap_settings import LdapSettings, Search
from aen.server.directories.pam import Pam, PamSettings
from aen.server.settings import ServerSettings, check_server
from tests.reactor import reactor

LDAP = LdapSettings(("ldap://a",), USER_SEARCH=(Search("o=x", "(a=%(username)s)"),))
OWN = "tests.server.directories.own_back_end:"


def settings(**parts: Any) -> ServerSettings:
    """Return settings that name a back end."""
    return ServerSettings(public_url="http://aen", **parts)


@pytest.mark.parametrize(
    ("accounts", "kept"),
    [
        ("local", "local"),
        ("ldap", "ldap"),
        ("pam", "pam"),
        ("wk_server.plugins.accounts.ldap2", "ldap"),
        ("wk_server.plugins.accounts.pam", "pam"),
        ("our.module:Class", "our.module:Class"),
    ],
)
def test_names(accounts: str, kept: str) -> None:
    """Ours, those of the original product, and anybody's own."""
    assert source(accounts) == kept


def test_what_is_made() -> None:
    """Of the settings of that back end."""
    assert make_directory(settings(), reactor) is None
    made = make_directory(settings(accounts="ldap", LDAP=LDAP), reactor)
    assert isinstance(made, Ldap)
    assert isinstance(make_directory(settings(accounts="pam"), reactor), Pam)


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"accounts": "ldpa"}, "did you mean “ldap”"),
        ({"accounts": "ldap"}, "“LDAP” is not set"),
        ({"LDAP": LdapSettings(())}, "names no directory"),
        ({"PAM": PamSettings(service="a/b")}, "PAM.service"),
        ({"PAM": PamSettings(seconds=0)}, "PAM.seconds"),
        ({"PAM": PamSettings(sudo=True, folder="/x")}, "PAM.folder"),
        ({"accounts": "no.such.module:Class"}, "cannot be imported"),
        ({"accounts": f"{OWN}Nothing"}, "has no “Nothing”"),
        ({"accounts": f"{OWN}__doc__"}, "is no class"),
        ({"password_url": "javascript:x"}, "password_url"),
    ],
)
def test_wrong_settings(parts: dict[str, Any], words: str) -> None:
    """Told by ``--check``, before anybody signs in."""
    with pytest.raises(Invalid, match=words):
        check_server(settings(**parts))


@pytest_twisted.ensureDeferred
async def test_one_of_your_own(tmp_path: Path) -> None:
    """The example of the documentation works, with its options."""
    file = tmp_path / "staff.json"
    file.write_text(json.dumps({"ada": {"password": "horse", "name": "Ada"}}))
    options = {"file": str(file)}
    own = settings(accounts=f"{OWN}Staff", accounts_options=options)
    check_server(own)
    made = make_directory(own, reactor)
    assert made is not None
    assert await made.check("ada", "horse") == Person("ada", "Ada")
    page = Path(__file__).parents[3] / "docs/accounts.md"
    text = Path(__file__).with_name("own_back_end.py").read_text()
    example = text[text.index("class Staff") : text.index("class Deaf")]
    assert example.strip() in page.read_text()


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [("Staff", {}, "cannot be made"), ("Deaf", {}, "async def check")],
)
def test_one_that_is_none(name: str, options: dict[str, Any], words: str) -> None:
    """What it lacks is said."""
    own = settings(accounts=f"{OWN}{name}", accounts_options=options)
    with pytest.raises(Invalid, match=words):
        make_directory(own, reactor)
