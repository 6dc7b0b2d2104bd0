"""Where the pages are served."""

import importlib.metadata
import json
from pathlib import Path
from typing import Any

import pytest
from twisted.internet.testing import MemoryReactorClock

from aen.server import doors, service
from aen.server.settings import ServerSettings


def test_a_server_listens_for_the_front_and_on_its_socket(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store comes first, so that it stops last."""
    names = ("app.css", "app.js", "mark.svg")
    built = tmp_path / "built"
    built.mkdir()
    for name in names:
        (built / name).write_text("/* built */")
    (built / "manifest.json").write_text(json.dumps({one: one for one in names}))
    monkeypatch.setattr(doors, "BUILT", built)
    # The API tells its version, which is known only when AEN is installed.
    monkeypatch.setattr(importlib.metadata, "version", lambda _: "0")
    settings = ServerSettings(
        public_url="http://aen",
        prefix=str(tmp_path),
        listen=("tcp:0", "tcp:1"),
        worker=True,
    )
    assembled: Any = service.assemble(settings, MemoryReactorClock())
    expected = ["Threads", "EmbeddedStore", "Bell", "ExceptionWatch", "Life"] + [
        "ListeningService"
    ] * 3
    expected.append("Settled")
    assert [type(one).__name__ for one in list(assembled)] == expected
