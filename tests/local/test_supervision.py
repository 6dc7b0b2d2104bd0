"""supervisord as our child, for real: with programs of no importance."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from aen.local import disk, files
from aen.local.files import Programs
from aen.local.installation import Installation
from aen.local.processes import belonging
from aen.local.supervision import Platform
from aen.model.errors import Failed
from tests.waiting import until

pytestmark = pytest.mark.system

SLEEPER = "import time; time.sleep(60)"


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    """Give a platform whose roles only sleep."""
    twistd = tmp_path / "twistd"
    twistd.write_text(SLEEPER)
    one = Installation(prefix=tmp_path / "v")
    disk.make_folders(one)
    programs = Programs(python=Path(sys.executable), twistd=twistd)
    made = Platform(one, programs, files.environment(one, os.environ), patience=5.0)
    disk.write_supervisor(one, programs, complete=False)
    yield made
    made.stop()


def wait_for(platform: Platform, count: int) -> None:
    """Wait until so many processes belong to the installation."""
    until(
        lambda: len(belonging(platform.one.prefix)) == count, f"{count} processes run"
    )


def test_starts_and_stops(platform: Platform) -> None:
    """Roles run below supervisord, are added while it runs, and all end with it."""
    platform.start()
    wait_for(platform, 3)
    assert platform.is_up()
    disk.write_supervisor(platform.one, platform.programs, complete=True)
    platform.update()
    wait_for(platform, 5)
    platform.stop()
    assert belonging(platform.one.prefix) == []
    assert not platform.is_up()


def test_killed_predecessor(platform: Platform) -> None:
    """What a killed supervisord left behind ends before a new one starts."""
    platform.start()
    wait_for(platform, 3)
    assert platform._supervisord is not None
    platform._supervisord.kill()
    platform._supervisord.wait()
    before = {each.pid for each in belonging(platform.one.prefix)}
    platform.start()
    wait_for(platform, 3)
    assert not before & {each.pid for each in belonging(platform.one.prefix)}


def test_failing_command(platform: Platform) -> None:
    """A command that does not succeed is explained by its own last words."""
    command = (sys.executable, "-c", "import sys; sys.exit('no such thing')")
    with pytest.raises(Failed, match="Asking did not succeed") as caught:
        platform.call(command, "Asking")
    assert caught.value.log == ("no such thing",)


def test_command_that_hangs(platform: Platform) -> None:
    """No command is waited for without end."""
    with pytest.raises(Failed, match="timed out"):
        platform.call((sys.executable, "-c", SLEEPER), "Asking", timeout=0.1)


def test_secret_by_environment(platform: Platform) -> None:
    """What must not stand in a command line is passed by the environment."""
    command = (sys.executable, "-c", "import os; print(os.environ['SECRET'])")
    assert platform.call(command, "Asking", {"SECRET": "s3"}).strip() == "s3"
