"""``-c`` and ``--check``, for each role alike."""

from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

from aen.model.errors import Invalid
from aen.runtime.logs import as_json
from aen.runtime.options import CrewOptions, Place, RoleOptions


@frozen
class Settings:
    name: str


def options(tmp_path: Path, text: str, *arguments: str) -> RoleOptions:
    """Return the options of a command line with one settings file."""
    path = tmp_path / "a.json"
    path.write_text(text, encoding="utf-8")
    found = RoleOptions()
    found.parseOptions(["-c", str(path), *arguments])
    return found


def test_the_settings_are_read(tmp_path: Path) -> None:
    """Without ``--check`` the role goes on with them."""
    assert options(tmp_path, '{"name": "a"}').settings(Settings) == Settings("a")


def test_check_says_that_all_is_well(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And ends the program with 0."""
    with pytest.raises(SystemExit) as ended:
        options(tmp_path, '{"name": "a"}', "--check").settings(Settings)
    assert ended.value.code == 0
    assert "in order" in capsys.readouterr().out


def test_what_is_wrong_ends_the_program(tmp_path: Path) -> None:
    """With a sentence, whether types or meaning are wrong."""

    def check(_: Settings) -> None:
        raise Invalid("“name” is taken.")

    for text, said in [
        ('{"nam": "a"}', "unknown key “nam”"),
        ('{"name": "a"}', "taken"),
    ]:
        with pytest.raises(SystemExit, match=said):
            options(tmp_path, text).settings(Settings, check)


def test_which_worker_this_is() -> None:
    """A parent says it; whoever was started by a person is none."""
    found = CrewOptions()
    assert found.place is None
    found.parseOptions(["--worker", "1", "--adopt", "tcp:1:interface=a\\=b=5"])
    assert found.place == Place(1, {"tcp:1:interface=a\\=b": 5})


def test_how_a_worker_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """As its parent was, with the same settings and log, never as a daemon."""
    monkeypatch.setattr("sys.argv", ["/bin/twistd", "--nodaemon", "aen-gateway"])
    found = CrewOptions()
    found.parseOptions(["-c", "/a.json", "-c", "/b.json"])
    assert found.command("aen-gateway", 3)[-10:] == (
        *("/bin/twistd", "--nodaemon", "--pidfile=", "aen-gateway"),
        *("-c", "/a.json", "-c", "/b.json", "--worker", "3"),
    )
    ways: tuple[tuple[Any, str], ...] = (
        ({"logger": as_json}, "--logger=aen.runtime.logs.as_json"),
        ({"logfile": "/l"}, "--logfile=/l.3"),
        ({"nodaemon": 0}, "--logfile=twistd.log.3"),
    )
    for given, wanted in ways:
        found.parent = given
        assert wanted in found.command("aen-gateway", 3)
    to_terminal: Any = {"logfile": "-"}
    found.parent = to_terminal
    assert not any("log" in one for one in found.command("aen-gateway", 3)[3:])
