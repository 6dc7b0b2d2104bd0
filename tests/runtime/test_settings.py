"""Settings come in layers; a wrong file is explained, never tolerated."""

import json
from pathlib import Path
from typing import Any

import pytest
from attrs import field, frozen

from aen.model.errors import Invalid
from aen.runtime.settings import SECRET, check_url, layers, origin_of, read_settings


@frozen
class Settings:
    name: str
    port: int = 80
    secret: str = field(default="", repr=False, metadata=SECRET)


@pytest.fixture
def write(tmp_path: Path) -> Any:
    """Return a function that writes a settings file, mode 0600 unless said."""

    def put(name: str, content: Any, mode: int = 0o600) -> Path:
        path = tmp_path / name
        text = content if isinstance(content, str) else json.dumps(content)
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)
        return path

    return put


def read(shared: Path, own: Path, *given: Path) -> Settings:
    """Read settings the way a role does."""
    return read_settings(Settings, layers(shared, [own], map(str, given)))


def test_later_files_win_by_key(write: Any, tmp_path: Path) -> None:
    """A key keeps its value until a later file names it; others' keys stay."""
    shared = write("shared.json", {"name": "a", "port": 1, "of_another_role": 5})
    own = write("own.json", {"port": 2})
    given = write("given.json", {"name": "c"})
    assert read(shared, own, given) == Settings("c", 2)
    assert read(shared, tmp_path / "none.json") == Settings("a", 1)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"naem": "x", "name": "a"}, "unknown key “naem” (did you mean “name”?)"),
        ({"name": 5}, "“name” must be a string, not the number 5"),
        ("{", "not JSON: "),
        ('{"name": "a", "name": "b"}', "key “name” is there twice"),
        ("[]", "must hold an object {…}"),
    ],
)
def test_a_wrong_file_is_named(
    write: Any, tmp_path: Path, content: Any, said: str
) -> None:
    """The error has the file, the key and what to write."""
    path = write("own.json", content)
    with pytest.raises(Invalid) as caught:
        read(tmp_path / "none", path)
    assert caught.value.message.startswith(f"{path}: ")
    assert said in caught.value.message


def test_a_file_that_was_asked_for_must_be_there(write: Any, tmp_path: Path) -> None:
    """``-c`` with a wrong name is not passed over."""
    own = write("own.json", {"name": "a"})
    with pytest.raises(Invalid, match="there is no such file"):
        read(tmp_path / "none", own, tmp_path / "typo.json")


def test_what_is_set_nowhere_is_said(tmp_path: Path) -> None:
    """The places that were looked at are listed."""
    with pytest.raises(Invalid, match="“name” is not set in any of: "):
        read(tmp_path / "shared", tmp_path / "own")


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o620, 0o666])
def test_a_secret_others_can_read_is_refused(write: Any, mode: int) -> None:
    """The role does not start, and says what to do."""
    path = write("own.json", {"name": "a", "secret": "x"}, mode)
    with pytest.raises(Invalid, match="chmod 600"):
        read(path.with_name("none"), path)
    harmless = write("own.json", {"name": "a"}, mode)
    assert read(path.with_name("none"), harmless).name == "a"


def test_a_secret_is_not_shown() -> None:
    """No log or traceback prints it."""
    assert "hush" not in repr(Settings("a", secret="hush"))


@pytest.mark.parametrize("url", ["", "aen", "ftp://x", "http://", "http://x/path"])
def test_an_address_has_no_path(url: str) -> None:
    """Addresses of roles are scheme, host and port."""
    check_url("server", "http://aen:80")
    with pytest.raises(Invalid, match="“server”"):
        check_url("server", url)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://aen.example", "https://aen.example"),
        ("https://AEN.example:443", "https://aen.example"),
        ("https://aen.example:80", "https://aen.example:80"),
        ("https://aen.example:8443", "https://aen.example:8443"),
        ("http://aen.example:80", "http://aen.example"),
        ("http://[::1]:443", "http://[::1]:443"),
    ],
)
def test_an_origin_is_as_browsers_write_it(url: str, origin: str) -> None:
    """In small letters, and without the port that goes without saying."""
    assert origin_of(url) == origin
