"""What the machine knows of an account."""

import grp
import os
import pwd

from aen.server.directories.pam_groups import groups_of, known


def test_accounts_of_this_machine() -> None:
    """Found by name or number; others are none."""
    own = pwd.getpwuid(os.geteuid())
    found = known(own.pw_name)
    assert found == known(os.geteuid())
    assert found is not None
    assert found.name == own.pw_name
    assert grp.getgrgid(own.pw_gid).gr_name in groups_of(own.pw_name)
    assert known("no-such-account") is None
    assert known("a\0b") is None
    assert known(4_294_967_290) is None
    assert not groups_of("no-such-account")
