"""What rows decide without measuring anything."""

from pathlib import Path

import pytest

from bench.kinds import kind
from bench.rows.idle import WANTED, possible
from bench.rows.starting import Bare


def test_bare_has_its_own_socket() -> None:
    """JupyterLab by itself is started by the platform's command, elsewhere."""
    bare = Bare(("lab", "--ServerApp.sock=/a", "--x=1"), {}, "/")
    assert bare.at(Path("/b")) == ("lab", "--ServerApp.sock=/b", "--x=1")


@pytest.mark.parametrize(
    ("command", "name"),
    [
        (["python", "-P", "-m", "aen.server.store.embedded_program"], "store"),
        (["python", "supervisord", "-c", "x"], "supervisord"),
        (["python", "/v/bin/twistd", "aen-server"], "role"),
        (["uv", "pip", "install"], "others"),
    ],
)
def test_kinds_of_processes(command: list[str], name: str) -> None:
    """What is there only for a while is told from what stays."""
    assert kind(command) == name


def test_connections_fit_the_limit() -> None:
    """No more are opened than descriptors allow, each needing two."""
    assert 0 < possible() <= WANTED
