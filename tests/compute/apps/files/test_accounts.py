"""The accounts of this machine by name and number."""

import os
import pwd
from pathlib import Path

import pytest

from aen.compute.apps.files.accounts import (
    group_name_of,
    is_own_group,
    name_of,
    service_beside,
    uid_of,
)
from aen.compute.disk.acl import ACCESS, Acl, encode
from tests.compute.accounts import People


def test_names() -> None:
    """What is none is its number."""
    me = pwd.getpwuid(os.geteuid())
    assert (name_of(me.pw_uid), uid_of(me.pw_name)) == (me.pw_name, me.pw_uid)
    assert (name_of(1_999_999), group_name_of(1_999_999)) == ("1999999", "1999999")
    assert group_name_of(0) == "root"
    assert uid_of("no-such-person") is uid_of("a\0b") is None


@pytest.mark.root
def test_groups(accounts: People) -> None:
    """One person's alone, or not."""
    ada, ben = accounts[0], accounts[1]
    assert is_own_group(ada.gid, ada.uid)
    assert not is_own_group(ben.gid, ada.uid)
    assert not is_own_group(1_999_999, ada.uid)


def test_the_platforms_own(tmp_path: Path) -> None:
    """Who else is let to our socket; nobody, where there are no lists."""
    assert service_beside(tmp_path) == service_beside(tmp_path / "x") == frozenset()
    users = tuple(sorted(((os.geteuid(), 7), (1_999_999, 7))))
    acl = Acl(7, 0, 0, users, mask=7)
    os.setxattr(tmp_path, ACCESS, encode(acl))
    assert service_beside(tmp_path) == {1_999_999}
