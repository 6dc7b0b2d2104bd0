"""Which accounts people may work with."""

import grp
import os
import pwd
import subprocess
import uuid
from collections.abc import Sequence
from pathlib import Path

import pytest

from aen.compute.disk.walk import Refused
from aen.compute.helper.accounts import (
    Account,
    Missing,
    become,
    ensure,
    group_open,
    refuse,
    refuse_by_name,
)
from aen.compute.helper.settings import Settings
from tests.compute.accounts import People, needs_accounts, remove

SETTINGS = Settings("wakari", "/projects")


def entry(name: str, uid: int) -> pwd.struct_passwd:
    """Return an entry of the table of accounts."""
    return pwd.struct_passwd((name, "x", uid, uid, "", "/", "/bin/sh"))


@pytest.mark.parametrize(
    ("name", "uid", "members", "sentence"),
    [
        ("ada", 1000, None, ""),
        ("ada", 70000, None, ""),
        ("ada", 1000, ["ada", "bob"], ""),
        ("ada", 1000, ["bob"], "was not made for the platform"),
        ("ada", 1000, [], "was not made for the platform"),
        ("root", 0, ["root"], "is the administrator's"),
        ("toor", 0, None, "is the administrator's"),
        ("daemon", 1, None, "is the machine's own"),
        ("messagebus", 999, ["messagebus"], "is the machine's own"),
        ("nobody", 65534, None, "is the machine's own"),
        ("nobody", 4294967295, ["nobody"], "is the machine's own"),
        ("alias", 4711, ["alias"], "runs the platform"),
    ],
)
def test_who_may_be_worked_with(
    name: str, uid: int, members: Sequence[str] | None, sentence: str
) -> None:
    """People, not the machine's accounts, nor those that run the platform."""
    entered = entry(name, uid)
    if not sentence:
        refuse(SETTINGS, entered, members, caller_uid=4711)
        return
    with pytest.raises(Refused, match=f"^The account “{name}” .*{sentence}"):
        refuse(SETTINGS, entered, members, caller_uid=4711)


def test_the_service_account_by_name() -> None:
    """Refused even where it is no account of this machine, and told what to do."""
    refuse_by_name(SETTINGS, "ada")
    with pytest.raises(Refused) as caught:
        ensure(SETTINGS, "wakari", 0)
    assert str(caught.value) == (
        "The account “wakari” runs the platform on this node and cannot own, join or"
        " start projects; use an account of your own."
    )


def test_an_account_that_is_not_there() -> None:
    """Where accounts are not made, the administrator is to make it."""
    with pytest.raises(Missing, match="ask the administrator to make it"):
        ensure(SETTINGS, f"aent{uuid.uuid4().hex[:8]}", 0)


@pytest.mark.root
def test_an_account_is_made(tmp_path: Path) -> None:
    """With a home and a group of its own, in the platform's group, once."""
    needs_accounts()
    mark = uuid.uuid4().hex[:8]
    settings = Settings(
        "wakari", "/projects", manage_accounts=True, accounts_group=f"aeng{mark}",
        least_uid=23000, homes=str(tmp_path),
    )  # fmt: skip
    name = f"aent{mark}"
    try:
        made = ensure(settings, name, 0)
        assert made == ensure(settings, name, 0)
        assert made.uid >= 23000
        assert made.home == str(tmp_path / name)
        about = Path(made.home).stat()
        assert (about.st_uid, about.st_mode & 0o777) == (made.uid, 0o700)
        assert grp.getgrgid(made.gid).gr_name == name
        assert group_open(settings, made)
    finally:
        remove(name)
        subprocess.run(("groupdel", settings.accounts_group), check=True)


@pytest.mark.root
def test_what_the_machine_refuses_is_told(tmp_path: Path) -> None:
    """A name that is a group's already would give its members the new one's files."""
    needs_accounts()
    settings = Settings(
        "wakari", "/projects", manage_accounts=True, homes=str(tmp_path)
    )
    with pytest.raises(Refused, match=r"cannot be made on this node: .*video"):
        ensure(settings, "video", 0)
    tmp_path.chmod(0o777)
    with pytest.raises(Refused, match="writable by nobody else"):
        ensure(settings, "aentnew", 0)


@pytest.mark.root
def test_root_is_given_up_for_good(accounts: People) -> None:
    """Real, effective and saved ids; the account's groups and no others."""
    one = accounts[0]
    child = os.fork()
    if child == 0:
        try:
            become(Account(one.name, one.uid, one.gid, ""))
            group = grp.getgrnam(accounts.group).gr_gid
            fine = os.getresuid() == (one.uid,) * 3
            fine &= os.getresgid() == (one.gid,) * 3
            fine &= set(os.getgroups()) == {one.gid, group}
            try:
                os.setuid(0)
            except PermissionError:
                os._exit(0 if fine else 2)
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0


@pytest.mark.root
def test_a_group_that_others_are_in(accounts: People) -> None:
    """It gets into its owner's projects only where the operator says so."""
    one = accounts[0]
    shared = Account(one.name, one.uid, grp.getgrnam(accounts.group).gr_gid, "")
    for word, expected in (("always", True), ("auto", False), ("never", False)):
        settings = Settings("wakari", "/projects", group_access=word)
        assert group_open(settings, shared) is expected
