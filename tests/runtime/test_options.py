"""``-c`` and ``--check``, for each role alike."""

from pathlib import Path

import pytest
from attrs import frozen

from aen.model.errors import Invalid
from aen.runtime.options import RoleOptions


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
