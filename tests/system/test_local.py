"""`make run` itself: killed, stopped, run again, run twice."""

import signal

import pytest

from tests.installed import Installed

pytestmark = pytest.mark.system


def test_killed_and_run_again(fragile: Installed) -> None:
    """After kill -9 of `run` the next one takes over, with accounts and tokens."""
    token = fragile.token
    assert fragile.run is not None
    fragile.run.send_signal(signal.SIGKILL)
    fragile.run.wait()
    assert fragile.web.get("/healthz").status == 200
    fragile.said.write_text("")
    fragile.start()
    fragile.wait_ready()
    assert "password" not in fragile.said.read_text()
    assert fragile.api(token).get("/api/v1/me").status == 200


def test_second_run_is_refused(fragile: Installed) -> None:
    """A second `run` of the same folder ends with a sentence and disturbs nothing."""
    second = Installed(fragile.one)
    before = fragile.pid("server")
    second.start()
    assert second.run is not None
    assert second.run.wait(30) == 1
    assert "is running already" in fragile.said.read_text()
    assert fragile.pid("server") == before


def test_terminated(fragile: Installed) -> None:
    """SIGTERM leaves no process, and the next run is ready within seconds."""
    assert fragile.stop(signal.SIGTERM) == 0
    assert fragile.processes() == []
    fragile.said.write_text("")
    fragile.start()
    fragile.wait_ready(20)


def test_side_by_side(fragile: Installed, platform: Installed) -> None:
    """Two installations know nothing of each other."""
    assert fragile.one.prefix != platform.one.prefix
    assert fragile.api(platform.token).get("/api/v1/me").status == 401
    assert platform.api().get("/api/v1/me").status == 200


def test_store_is_private(fragile: Installed) -> None:
    """What is kept is for the account that runs the platform alone."""
    for role in (fragile.one.server, fragile.one.compute_prefix):
        for name in ("etc/wakari", "var/lib/wakari", "var/run"):
            assert (role / name).stat().st_mode & 0o077 == 0, role / name
