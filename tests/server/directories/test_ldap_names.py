"""Names in LDAP."""

import pytest

from aen.server.directories.directory import Person
from aen.server.directories.ldap_messages import Entry
from aen.server.directories.ldap_names import direct, escape, person
from aen.server.directories.ldap_settings import KeyMap


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("ada", "ada"),
        ("Ö", "Ö"),
        ("a,b", "a\\2cb"),
        ('+"<>;=\\', "\\2b\\22\\3c\\3e\\3b\\3d\\5c"),
        ("#a", "\\23a"),
        (" a ", "\\20a\\20"),
        (" ", "\\20"),
        ("a\0", "a\\00"),
        ("", ""),
    ],
)
def test_values_of_a_dn(text: str, escaped: str) -> None:
    """Nothing in them has a meaning (RFC 4514, 2.4)."""
    assert escape(text) == escaped


@pytest.mark.parametrize(
    ("template", "name", "made"),
    [
        ("uid=%(username)s,o=x", "ada", "uid=ada,o=x"),
        ("uid=%(username)s,o=x", "a,b", "uid=a\\2cb,o=x"),
        ("%(username)s@example.org", "ada", "ada@example.org"),
        ("EXAMPLE\\%(username)s", "ada.l", "EXAMPLE\\ada.l"),
        ("%(username)s@example.org", "ada@other", None),
        ("%(username)s@example.org", "", None),
    ],
)
def test_names_made_of_theirs(template: str, name: str, made: str | None) -> None:
    """Where nothing can be escaped, only plain names will do."""
    assert direct(template, name) == made


def test_a_person() -> None:
    """Made of the attributes that the settings name; what is missing stays empty."""
    entry = Entry(
        b"cn=x",
        {
            "mail": (b" a@b.org ", b"other@b.org"),
            "cn": ("Ädä".encode(),),
            "objectguid": (b"\x00\xff\x10",),
            "memberof": (b"cn=a", b"cn=b"),
        },
    )
    found = person("ada", entry, KeyMap(id="objectGUID", groups="memberOf"))
    assert found == Person(
        "ada", "Ädä", "a@b.org", "00ff10", frozenset({"cn=a", "cn=b"})
    )
    assert person("ada", entry, KeyMap(email="", name="sn")) == Person("ada")
    assert person("ada", None, KeyMap()) == Person("ada")
    named = Entry(b"cn=x", {"uid": (b"Ada",), "entryuuid": (b"1-2",)})
    found = person("a@b.org", named, KeyMap(username="uid", id="entryUUID"))
    assert (found.name, found.id) == ("Ada", "1-2")


@pytest.mark.parametrize(
    ("typed", "values", "name"),
    [
        ("a@b.org", (b"Ada",), "Ada"),
        ("ada", (b"eve", b"Ada"), "ada"),
        ("a@b.org", (b"eve", b"ada"), ""),
        ("ada", (), "ada"),
    ],
)
def test_several_user_names(typed: str, values: tuple[bytes, ...], name: str) -> None:
    """One of several is only whom somebody says to be; else it would be chance."""
    entry = Entry(b"cn=x", {"uid": values})
    assert person(typed, entry, KeyMap(username="uid")).name == name
