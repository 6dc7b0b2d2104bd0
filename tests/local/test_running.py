"""The story of one run, told with a platform that only pretends."""

import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from attrs import Factory, define

from aen.local import disk, readiness, running
from aen.local.files import Programs
from aen.local.installation import Installation
from aen.local.supervision import Platform
from aen.model.errors import Conflict, Failed

PROGRAMS = Programs(python=Path("python"), twistd=Path("twistd"))


@define
class Pretending(Platform):
    """A platform that notes what is asked of it."""

    did: list[str] = Factory(list)
    up: Callable[[], bool] = lambda: True
    trouble: str = ""
    """Why it cannot be stopped."""

    def start(self) -> None:
        """Note it."""
        self.did.append("start")

    def clear(self) -> None:
        """Note it."""
        self.did.append("clear")

    def stop(self) -> None:
        """Note it, and fail if the test wants that."""
        self.did.append("stop")
        if self.trouble:
            raise Failed(self.trouble)

    def is_up(self) -> bool:
        """Tell what the test wants."""
        return self.up()


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pretending]:
    """Give an installation that has run before, where everything answers at once."""
    monkeypatch.setattr(running, "_POLL", 0.0)
    monkeypatch.setattr(running, "check_ports", lambda _: None)
    monkeypatch.setattr(readiness, "answers", lambda _: True)
    # The path of an installation must be short, which pytest's own are not.
    with tempfile.TemporaryDirectory(prefix="aen") as folder:
        one = Installation(prefix=Path(folder), http=1, gateway=2, compute=3)
        disk.make_folders(one)
        one.gateway_settings.write_text("{}")
        one.compute_settings.write_text("{}")
        yield Pretending(one, PROGRAMS, {})


def test_signal_ends_it(platform: Pretending) -> None:
    """SIGTERM ends a run in order, as Ctrl-C does."""
    said: list[str] = []

    def up() -> bool:
        signal.raise_signal(signal.SIGTERM)
        return True

    platform.up = up
    running.run(platform, "", said.append)
    assert platform.did == ["clear", "start", "stop"]
    assert said[0].startswith("AEN is ready: http://127.0.0.1:1")
    assert said[-1] == "Stopped."


def test_second_run_disturbs_nothing(platform: Pretending) -> None:
    """A second run of the same installation changes nothing and says who runs it."""
    with (
        disk.held(platform.one.lock),
        pytest.raises(Conflict, match="running already"),
    ):
        running.run(platform, "", lambda _: None)
    assert platform.did == []


def test_given_up(platform: Pretending) -> None:
    """A supervisord that is killed again and again is started a few times only."""
    platform.up = lambda: False
    allowed = running.Restarts(most=3, within=60.0)
    with pytest.raises(Failed, match="does not stay up"):
        running.watch(platform, lambda _: None, allowed)
    assert platform.did == ["start"] * 3


def test_stops_after_a_failure(platform: Pretending) -> None:
    """What was started is stopped when a part does not come up."""
    platform.up = lambda: False
    said: list[str] = []
    with pytest.raises(Failed):
        running.run(platform, "late password", said.append)
    assert platform.did[-1] == "stop"
    assert any("ADMIN_PASSWORD" in line for line in said)


def test_explained() -> None:
    """A failure is a sentence and the lines of log that belong to it."""
    assert running.explain(Failed("It broke:", log=("why",))) == "It broke:\nwhy"


def test_stop_hides_nothing(platform: Pretending) -> None:
    """Trouble while stopping is said, and hides no earlier error."""
    said: list[str] = []
    platform.up = lambda: False
    platform.trouble = "An app did not end."
    with pytest.raises(Failed, match="supervisord does not stay up"):
        running.run(platform, "", said.append)
    assert said[-1] == "An app did not end."


def test_prepared_and_not_started(platform: Pretending) -> None:
    """Folders, settings and commands are there; no account, key or process."""
    said: list[str] = []
    one = platform.one
    one.gateway_settings.unlink()
    one.compute_settings.unlink()
    running.prepare(platform, said.append)
    assert platform.did == []
    assert (one.programs / "aen-server-admin").exists()
    assert not one.gateway_settings.exists()
    assert not one.first_run.exists()
    beside = disk.read_object(one.server_settings)["beside"]
    assert beside == [str(one.gateway_prefix), str(one.compute_prefix)]
    assert "aen-server-admin restore FILE" in said[0]
    with disk.held(one.lock), pytest.raises(Conflict, match="running already"):
        running.prepare(platform, said.append)
