"""When an installation has come to rest."""

from pathlib import Path

import pytest

from aen.compute.disk.clone import MARKER
from bench.kinds import kind, settled

COMMANDS = [
    (("python", "-m", "supervisor.supervisord", "-n"), "supervisord"),
    (("python", "-P", "-m", "aen.server.store.embedded_child", "/x"), "store"),
    (("python", "bin/twistd", "--nodaemon", "aen-gateway"), "role"),
    (("python", "-c", "from aen.compute.helper.__main__ import direct"), "attendant"),
    (("uv", "pip", "install"), "others"),
]


@pytest.mark.parametrize(("command", "expected"), COMMANDS)
def test_a_process_is_known_by_its_command(
    command: tuple[str, ...], expected: str
) -> None:
    """What is no service of its own is there only for a while."""
    assert kind(command) == expected


def test_it_is_not_settled_between_two_templates(tmp_path: Path) -> None:
    """For a moment nothing is built, and yet the second is still to come."""
    templates = tmp_path / "projects" / ".envs"
    for name in ("default-12ab", "jupyter-34cd"):
        assert not settled(tmp_path)
        (templates / name).mkdir(parents=True)
        assert not settled(tmp_path)
        (templates / name / MARKER).touch()
    assert settled(tmp_path)
    assert not settled(tmp_path, ("default", "jupyter", "apps"))
