"""What is asked on one connection, step by step as an operator sees it."""

from typing import Any

import pytest
import pytest_twisted

from aen.server.directories.directory import Step
from aen.server.directories.ldap import Ldap
from aen.server.directories.ldap_settings import Search
from tests.server.directories.asking import PEOPLE, SERVED, STAFF, ldap
from tests.slapd import PASSWORD, ROOT, SERVICE, SERVICE_PASSWORD, Slapd, needs_slapd

pytestmark = needs_slapd


async def walked(one: Ldap, name: str = "", password: str | None = None) -> list[Step]:
    """Return what a walk says."""
    said: list[Step] = []
    await one.walk(name, password, said.append)
    return said


@pytest_twisted.ensureDeferred
async def test_a_walk(slapd: Slapd) -> None:
    """Every step is said, up to what an account would get; no password is."""
    one = ldap(slapd.plain, USER_SEARCH=(STAFF, PEOPLE), **SERVED)
    said = await walked(one, "ada", PASSWORD)
    assert all(step.good for step in said)
    text = "\n".join(step.text for step in said)
    for words in (
        "localhost is ",
        "accepts connections",
        "passwords go in clear",
        f"lets us in as “{SERVICE}”",
        "USER_SEARCH[0]",
        "finds nobody",
        f"finds “uid=ada,ou=people,{ROOT}”",
        "takes the password",
        "An account would get the user name “ada”, the name “Ada Lovelace”",
    ):
        assert words in text
    assert PASSWORD not in text
    assert SERVICE_PASSWORD not in text


@pytest.mark.parametrize(
    ("parts", "name", "words", "mend"),
    [
        ({"URI": ("ldap://nowhere.invalid",)}, "", "cannot be resolved", "LDAP.URI"),
        ({"URI": ("ldap://localhost:1",)}, "", "refuses", "firewalls"),
        ({"START_TLS": True}, "", "certificate", "LDAP.TLS_CACERT"),
        ({"BIND_DN": SERVICE, "BIND_AUTH": "x"}, "", "not let us in", "BIND_AUTH"),
        ({"BIND_DN": "aen", "BIND_AUTH": "x"}, "", "not let us in", "whole DN"),
        ({"USER_SEARCH": (Search("o=x", PEOPLE.filter),)}, "ada", "[0]", "base"),
        ({}, "double", "finds several", "Narrow"),
        ({}, "nobody", "no such name", ""),
        ({}, "bob", "wrong password", ""),
    ],
)
@pytest_twisted.ensureDeferred
async def test_the_step_that_fails(
    slapd: Slapd, parts: dict[str, Any], name: str, words: str, mend: str
) -> None:
    """It is named, with how to mend it, and is among the last."""
    uris = parts.pop("URI", (slapd.plain,))
    said = await walked(ldap(*uris, **parts), name, "wrong")
    failed = [step for step in said if not step.good]
    assert failed
    assert any(words in step.text for step in failed)
    assert any(mend in step.mend for step in failed)
    assert not said[-1].good
