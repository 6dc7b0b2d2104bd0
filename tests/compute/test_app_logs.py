"""Logs of apps."""

import os
from pathlib import Path

import pytest

from aen.compute.app_logs import bound_log, log_path, open_log, read_tail
from aen.model.errors import Failed


def write(path: Path, content: bytes, limit: int = 100) -> None:
    """Append to the log at *path* as an app would."""
    descriptor = open_log(path, limit)
    os.write(descriptor, content)
    os.close(descriptor)


def test_a_log_is_ours_alone_and_appended_to(tmp_path: Path) -> None:
    """Its path is the contract's, its mode 0600."""
    path = log_path(tmp_path, "ada", "lab", "bob", "app")
    assert path == tmp_path / "appLogs/ada/lab/bob/app.log"
    write(path, b"one\n")
    write(path, b"two\n")
    assert path.read_bytes() == b"one\ntwo\n"
    assert path.stat().st_mode & 0o077 == 0


def test_a_long_log_is_put_aside_at_the_next_start(tmp_path: Path) -> None:
    """No log grows with every start."""
    path = tmp_path / "app.log"
    write(path, b"x" * 200)
    write(path, b"new\n")
    assert path.read_bytes() == b"new\n"
    assert (tmp_path / "app.log.1").stat().st_size == 200


def test_a_running_apps_log_is_cut(tmp_path: Path) -> None:
    """An app that floods its log fills no disk, and goes on writing."""
    path = tmp_path / "app.log"
    descriptor = open_log(path, 100)
    os.write(descriptor, b"a" * 150 + b"last\n")
    bound_log(path, 100)
    os.write(descriptor, b"more\n")
    os.close(descriptor)
    assert path.read_bytes() == b"more\n"
    assert (tmp_path / "app.log.1").read_bytes().endswith(b"last\n")
    bound_log(path, 100)
    assert path.read_bytes() == b"more\n"
    bound_log(tmp_path / "none", 100)


def test_links_are_not_followed(tmp_path: Path) -> None:
    """A log that is a link elsewhere is refused."""
    (tmp_path / "app.log").symlink_to(tmp_path / "target")
    with pytest.raises(Failed, match="cannot be written"):
        open_log(tmp_path / "app.log", 100)


def test_the_tail_is_fit_for_a_page(tmp_path: Path) -> None:
    """Last lines of this start only; no control characters, no endless lines."""
    path = tmp_path / "app.log"
    path.write_bytes(b"before\n\x1b[31mred\x1b[0m\r\n\nbell\x07\n" + b"x" * 900)
    assert read_tail(path, 7, 20) == ("red", "bell", "x" * 500)
    assert read_tail(path, 7, 1) == ("x" * 500,)
    assert read_tail(path, 10_000, 5)[0] == "before"
    assert read_tail(tmp_path / "none", 0, 5) == ()
