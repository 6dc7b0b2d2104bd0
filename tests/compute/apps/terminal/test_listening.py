"""A socket that is private from its first moment on."""

import os
import stat
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from twisted.internet.defer import maybeDeferred
from twisted.internet.protocol import ServerFactory

from aen.compute.apps.terminal.listening import listen_privately
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
