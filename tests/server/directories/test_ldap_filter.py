"""Filters of LDAP."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aen.server.directories.ldap_filter import DEEPEST, WrongFilter, escape, fill, parse

HOLE = "%(username)s"


@pytest.mark.parametrize(
    ("text", "wire"),
    [
        ("(uid=ada)", "a30a 0403 756964 0403 616461"),
        ("(uid=)", "a307 0403 756964 0400"),
        ("(uid=a\\2ab)", "a30a 0403 756964 0403 612a62"),
        ("(uid=\\c3\\a9)", "a309 0403 756964 0402 c3a9"),
        ("(uid=é)", "a309 0403 756964 0402 c3a9"),
        ("(uid=*)", "8703 756964"),
        ("(uid=a*b*c)", "a410 0403 756964 3009 8001 61 8101 62 8201 63"),
        ("(uid=*b*)", "a40a 0403 756964 3003 8101 62"),
        ("(a>=1)", "a506 0401 61 0401 31"),
        ("(a<=1)", "a606 0401 61 0401 31"),
        ("(a~=1)", "a806 0401 61 0401 31"),
        ("(!(a=1))", "a208 a306 0401 61 0401 31"),
        ("(&(a=1)(b=2))", "a010 a306 0401 61 0401 31 a306 0401 62 0401 32"),
        ("(|(a=1))", "a108 a306 0401 61 0401 31"),
        ("(a:1.2.3:=x)", "a90d 8105 312e322e33 8201 61 8301 78"),
        ("(a:dn:=x)", "a909 8201 61 8301 78 8401 ff"),
        ("(:1.2:=x)", "a908 8103 312e32 8301 78"),
        (" (a=1) ", "a306 0401 61 0401 31"),
    ],
)
def test_filters(text: str, wire: str) -> None:
    """Each is what RFC 4511 wants on the wire."""
    assert parse(text).toWire().hex() == wire.replace(" ", "")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "“(” is missing"),
        ("uid=x", "“(” is missing"),
        ("(uid=x", "“)” is missing"),
        ("(uid=x))", "last bracket"),
        ("(&)", "joins nothing"),
        ("(u id=x)", "no attribute"),
        ("(=x)", "needs"),
        ("(uid=\\zz)", "hex digits"),
        ("(uid=\\2)", "hex digits"),
        ("(uid>=a*)", "only follow"),
        ("(uid=**)", "stands for nothing"),
        ("(:=x)", "attribute or a rule"),
        ("(uid=a\0b)", "is missing"),
        ("(!" * (DEEPEST + 2) + "(a=1)" + ")" * (DEEPEST + 2), "too deeply"),
    ],
)
def test_what_is_no_filter(text: str, words: str) -> None:
    """It is refused in words."""
    with pytest.raises(WrongFilter, match=re.escape(words)):
        parse(text)


@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_a_value_is_only_a_value(name: str) -> None:
    """Whatever somebody types, the filter keeps its shape and asks for just that."""
    filled = fill(f"(&(objectClass=person)(uid={HOLE}))", {HOLE: name})
    _, asked = parse(filled).data
    assert bytes(asked.assertionValue.value) == name.encode()
    assert not set("()*\0") & set(escape(name))


def test_a_value_holds_no_placeholder() -> None:
    """What is filled in is not looked at again."""
    filled = fill("(a=%(x)s)(b=%(y)s)", {"%(x)s": "%(y)s", "%(y)s": "2"})
    assert filled == "(a=%\\28y\\29s)(b=2)"
