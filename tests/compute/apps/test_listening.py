"""A socket that is private from its first moment on."""

import os
import stat
import struct
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from twisted.internet.defer import maybeDeferred
from twisted.internet.protocol import ServerFactory

from aen.compute.apps.listening import listen_privately
from aen.model.errors import Invalid


@pytest_twisted.ensureDeferred
async def test_private(reactor: Any, tmp_path: Path) -> None:
    """Nobody else may open the socket, and a second app does not take it."""
    before = os.umask(0o027)
    os.umask(before)
    port = listen_privately(reactor, tmp_path / "s", ServerFactory())
    assert stat.S_IMODE((tmp_path / "s").stat().st_mode) == 0o600
    assert os.umask(before) == before
    with pytest.raises(Invalid, match="already listens"):
        listen_privately(reactor, tmp_path / "s", ServerFactory())
    await maybeDeferred(port.stopListening)


@pytest_twisted.ensureDeferred
async def test_who_the_folder_names_may_open_it(reactor: Any, tmp_path: Path) -> None:
    """The service, by the default ACL of a private directory; not the group."""
    head = struct.pack("<I", 2)
    rows = ((1, 7, -1), (2, 7, 4711), (4, 0, -1), (16, 7, -1), (32, 0, -1))
    wanted = head + b"".join(struct.pack("<HHi", *row) for row in rows)
    try:
        os.setxattr(tmp_path, "system.posix_acl_default", wanted)
    except OSError:
        pytest.skip("this file system has no ACLs")
    port = listen_privately(reactor, tmp_path / "s", ServerFactory())
    found = os.getxattr(tmp_path / "s", "system.posix_acl_access")
    given = {row[:2] for row in struct.iter_unpack("<HHi", found[4:])}
    assert given == {(1, 6), (2, 7), (4, 0), (16, 6), (32, 0)}
    await maybeDeferred(port.stopListening)


def test_no_folder(reactor: Any, tmp_path: Path) -> None:
    """A folder that is not there is named."""
    with pytest.raises(Invalid, match="No such file"):
        listen_privately(reactor, tmp_path / "nowhere" / "s", ServerFactory())


def test_not_a_socket(reactor: Any, tmp_path: Path) -> None:
    """A file is not taken for an old socket."""
    (tmp_path / "s").write_text("precious")
    with pytest.raises(Invalid):
        listen_privately(reactor, tmp_path / "s", ServerFactory())
    assert (tmp_path / "s").read_text() == "precious"
