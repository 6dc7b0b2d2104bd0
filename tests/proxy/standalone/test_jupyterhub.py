"""JupyterHub with one line of its settings changed."""

from pathlib import Path

import pytest

from tests.proxy.standalone.hub import Person, installed, running


@pytest.mark.system
def test_two_people_work_in_jupyterhub_through_us(tmp_path: Path) -> None:
    """They sign in, their servers start, their kernels answer over WebSocket."""
    missing = installed(tmp_path / "venv")
    if missing is not None:
        pytest.skip(missing)
    with running(tmp_path / "venv", tmp_path) as base:
        people = [Person(base, "ada"), Person(base, "grace@example.org")]
        people[0].until_there()
        for one in people:
            one.sign_in()
        for one in people:
            one.until_spawned()
            assert one.execute("print(6 * 7)") == "42\n"
        assert people[1].open("/user/ada/api/kernels")[0] in (403, 404)
        status, _, page = people[0].open("/nowhere/at/all")
        assert (status, b"JupyterHub" in page) == (404, True)
    log = (tmp_path / "hub.log").read_text()
    assert "Route added /user/ada" in log
