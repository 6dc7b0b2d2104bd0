"""Where a login is kept."""

import stat
from pathlib import Path

import pytest

from aen.cli.keeping import Login, find, forget, keep, place
from aen.cli.problems import NotSignedIn, Problem

KEPT = Login("http://a", "aen_secret", "id1")


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"HOME": "/h"}, "/h/.config/aen/login.json"),
        ({"HOME": "/h", "XDG_CONFIG_HOME": "/x"}, "/x/aen/login.json"),
        ({"HOME": "/h", "AEN_CONFIG": "/y.json"}, "/y.json"),
    ],
)
def test_places(environment: dict[str, str], expected: str) -> None:
    """As other programs do it, or where one says."""
    assert place(environment) == Path(expected)


def test_only_its_owner_reads_it(tmp_path: Path) -> None:
    """From the first moment on; and nothing else is left beside it."""
    path = tmp_path / "new" / "login.json"
    keep(path, KEPT)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]
    assert find(path, {}) == KEPT
    forget(path)
    with pytest.raises(NotSignedIn):
        find(path, {})


def test_what_others_may_read_is_not_used(tmp_path: Path) -> None:
    """It says how to mend it."""
    path = tmp_path / "login.json"
    keep(path, KEPT)
    path.chmod(0o644)
    with pytest.raises(Problem, match="chmod 600"):
        find(path, {})


@pytest.mark.parametrize("text", ["", "{", "[]", "{}"])
def test_a_broken_file(tmp_path: Path, text: str) -> None:
    """It asks to sign in anew."""
    path = tmp_path / "login.json"
    path.touch(mode=0o600)
    path.write_text(text)
    with pytest.raises(NotSignedIn, match="anew"):
        find(path, {})


def test_the_environment_stands_above(tmp_path: Path) -> None:
    """For scripts that have a token of their own."""
    both = {"AEN_URL": "http://b/", "AEN_TOKEN": "aen_b"}
    assert find(tmp_path / "none", both) == Login("http://b", "aen_b")
    assert "aen_b" not in repr(Login("http://b", "aen_b"))
