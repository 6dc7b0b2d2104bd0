"""Accounts of the machine, through the real libpam."""

import os
import secrets
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from twisted.internet.defer import gatherResults

from aen.model.errors import Unavailable
from aen.runtime.tasks import start
from aen.server.directories.directory import Person, Reason, Refusal, Step
from aen.server.directories.pam import Pam, PamSettings
from tests.reactor import reactor
from tests.server.directories.services import PEOPLE, needs_pam, services

pytestmark = needs_pam


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give service files."""
    return services(tmp_path)


def pam(folder: Path, service: str = "list", **parts: Any) -> Pam:
    """Return the back end that asks a service of the test."""
    return Pam(PamSettings(service=service, folder=str(folder), **parts), reactor)


@pytest_twisted.ensureDeferred
async def test_people(folder: Path) -> None:
    """Who gives the right password is somebody; nobody else is."""
    one = pam(folder, refused=("eve",))
    for name, password in PEOPLE.items():
        assert await one.check(name, password) == Person(name)
    for name, password, reason in (
        ("ada", "wrong", Reason.WRONG),
        ("ada", "", Reason.WRONG),
        ("root", "x", Reason.FORBIDDEN),
        ("eve", "x", Reason.FORBIDDEN),
        ("ada\0", "x", Reason.FORBIDDEN),
    ):
        found = await one.check(name, password)
        assert isinstance(found, Refusal)
        assert (found.reason, found.told) == (reason, "")


@pytest_twisted.ensureDeferred
async def test_accounts_that_are_shut(folder: Path) -> None:
    """Who gave the right password is told."""
    found = await pam(folder, "closed").check("daemon", "x")
    assert isinstance(found, Refusal)
    assert found.reason is Reason.CLOSED
    assert "is closed" in found.told


@pytest.mark.parametrize("service", ["broken", "missing"])
@pytest_twisted.ensureDeferred
async def test_a_service_that_fails(folder: Path, service: str) -> None:
    """Is the operator's, and no wrong password."""
    with pytest.raises(Unavailable, match="PAM fails at"):
        await pam(folder, service).check("ada", "x")


@pytest_twisted.ensureDeferred
async def test_slow_modules_hold_up_nobody(folder: Path) -> None:
    """They are killed; as many as may be asked at once are asked at once."""
    one = pam(folder, "slow", seconds=0.6, at_once=3)
    began = reactor.seconds()
    asked = [start(one.check("ada", "x")) for _ in range(6)]
    done = await gatherResults([d.addErrback(lambda f: f.type) for d in asked])
    assert done == [Unavailable] * 6
    assert 1.1 < reactor.seconds() - began < 6.0


@pytest_twisted.ensureDeferred
async def test_without_a_password(folder: Path) -> None:
    """Whether it works, and whether somebody is still there."""
    await pam(folder).ping()
    with pytest.raises(Unavailable, match="no file"):
        await pam(folder, "missing").ping()
    found = await pam(folder).look("no-such-account")
    assert isinstance(found, Refusal)
    assert found.reason is Reason.UNKNOWN
    assert isinstance(await pam(folder).look("daemon"), Person)
    assert isinstance(await pam(folder).look("root"), Refusal)


async def walked(one: Pam, name: str, password: str | None) -> list[Step]:
    """Return what a walk says."""
    said: list[Step] = []
    await one.walk(name, password, said.append)
    return said


@pytest_twisted.ensureDeferred
async def test_a_walk(folder: Path) -> None:
    """Each step is said; the one that fails with what to do."""
    text = "\n".join(
        step.text for step in await walked(pam(folder), "ada", "correct horse")
    )
    assert "There is a service “list”" in text
    assert "PAM lets “ada” in" in text
    assert "correct horse" not in text
    (failed,) = await walked(pam(folder, "missing"), "ada", None)
    assert not failed.good
    assert "accounts.md" in failed.mend
    last = (await walked(pam(folder), "ada", "wrong"))[-1]
    assert (last.good, "does not let" in last.text) == (False, True)


# ---- accounts of this machine


@pytest.fixture
def account() -> Iterator[tuple[str, str]]:
    """Give an account of this machine and its password."""
    name, password = f"aen{secrets.token_hex(4)}", "pa ss:wörd"
    full = ("-c", "Pam Person,Room 1", "-s", "/bin/false")
    subprocess.run(("useradd", *full, name), check=True)
    try:
        given = f"{name}:{password}\n".encode()
        subprocess.run(("chpasswd",), input=given, check=True)
        yield name, password
    finally:
        subprocess.run(("userdel", "-f", name), check=True, capture_output=True)


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
@pytest_twisted.ensureDeferred
async def test_passwords_of_the_machine(folder: Path, account: tuple[str, str]) -> None:
    """By pam_unix, as root: the password, the full name, and what shuts an account."""
    name, password = account
    one = pam(folder, "unix")
    found = await one.check(name, password)
    assert isinstance(found, Person)
    assert (found.name, found.display_name) == (name, "Pam Person")
    assert name in found.groups
    for wrong in (password + " ", "x"):
        refused = await one.check(name, wrong)
        assert isinstance(refused, Refusal)
        assert refused.reason is Reason.WRONG
    for words, reason, told in (
        (("chage", "-d", "0"), Reason.EXPIRED, "choose a new one"),
        (("chage", "-d", "2020-01-01", "-E", "0"), Reason.CLOSED, "is closed"),
        (("usermod", "-e", "", "-L"), Reason.WRONG, ""),
    ):
        subprocess.run((*words, name), check=True)
        refused = await one.check(name, password)
        assert isinstance(refused, Refusal)
        assert refused.reason is reason
        assert told in refused.told
