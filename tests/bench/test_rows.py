"""What rows decide without measuring anything."""

from pathlib import Path

from bench.rows.idle import WANTED, possible
from bench.rows.starting import Bare


def test_bare_has_its_own_socket() -> None:
    """JupyterLab by itself is started by the platform's command, elsewhere."""
    bare = Bare(("lab", "--ServerApp.sock=/a", "--x=1"), {}, "/")
    assert bare.at(Path("/b")) == ("lab", "--ServerApp.sock=/b", "--x=1")


def test_connections_fit_the_limit() -> None:
    """No more are opened than descriptors allow, each needing two."""
    assert 0 < possible() <= WANTED
