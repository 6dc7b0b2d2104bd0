"""The first run, step by step."""

import json
from pathlib import Path

import pytest
from attrs import Factory, define

from aen.local import disk, first_run
from aen.local.files import Programs
from aen.local.installation import Installation
from aen.local.supervision import Platform
from aen.model.errors import Failed

NODE = '{"name": "node1", "gateway_key": "k"}'


@define
class Scripted(Platform):
    """A platform whose commands succeed, or fail when told to."""

    failing: dict[str, Failed] = Factory(dict)
    calls: list[str] = Factory(list)

    def call(
        self,
        command: object,
        what: str,
        extra: object = None,
        timeout: float = 0.0,
    ) -> str:
        """Record the command; the gateway's writes its settings as the real one."""
        name = what.rsplit(maxsplit=1)[-1]
        self.calls.append(name)
        if name in self.failing:
            raise self.failing[name]
        if "configure" in what:
            self.one.gateway_settings.write_text('{"name": "local"}')
        return f"a line of log\n{NODE}\n"


@pytest.fixture
def platform(tmp_path: Path) -> Scripted:
    """Give an installation that has never run."""
    one = Installation(prefix=tmp_path / "var")
    disk.make_folders(one)
    programs = Programs(python=Path("python"), twistd=Path("twistd"))
    return Scripted(one, programs, {})


def test_all_steps(platform: Scripted) -> None:
    """Administrator, data center and node are made, in this order."""
    first_run.register(platform, "secret")
    assert platform.calls == [
        "add-user",
        "aen-gateway-configure",
        "add-enterprise-resource",
    ]
    node = json.loads(platform.one.compute_settings.read_text())
    assert node["gateway_key"] == "k"
    gateway = json.loads(platform.one.gateway_settings.read_text())
    assert gateway["listen"] == ["tcp:8089:interface=127.0.0.1"]


def test_interrupted(platform: Scripted) -> None:
    """A first run that was killed half way is taken up where it was."""
    taken = Failed("add-user failed", log=("“wakari” is taken.",))
    platform.failing["add-user"] = taken
    platform.one.gateway_settings.write_text('{"name": "local"}')
    first_run.register(platform, "secret")
    assert platform.calls == ["add-user", "add-enterprise-resource"]


def test_other_failure(platform: Scripted) -> None:
    """Any other failure ends the first run."""
    platform.failing["add-user"] = Failed("the store is down")
    with pytest.raises(Failed, match="the store is down"):
        first_run.register(platform, "secret")


def test_password_is_kept_until_the_end(platform: Scripted) -> None:
    """An interrupted first run keeps its password; a finished one forgets it."""
    one = platform.one
    first = first_run.choose_password(one, "")
    assert len(first) >= 16
    assert first_run.choose_password(one, "another") == first
    assert one.first_run.stat().st_mode & 0o777 == 0o600
    first_run.register(platform, first)
    assert not disk.is_registered(one)
    first_run.finish(one)
    assert not one.first_run.exists()
    assert disk.is_registered(one)


def test_wished_password(platform: Scripted) -> None:
    """A password given is the one used, and shown."""
    assert first_run.choose_password(platform.one, "wished") == "wished"
    assert "wished" in first_run.welcome(platform.one, "wished")


@pytest.mark.parametrize("said", ["", "nonsense", '{"name": "node1"}', "[]"])
def test_odd_answer(said: str) -> None:
    """An answer we do not understand is shown, not a traceback."""
    with pytest.raises(Failed, match="unexpectedly"):
        first_run.parse_node(said)
