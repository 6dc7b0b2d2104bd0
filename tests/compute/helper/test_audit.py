"""What is written down of each call."""

import json
import os
from pathlib import Path

import pytest

from aen.compute.disk.walk import Refused
from aen.compute.helper.audit import line, open_audit, write


def test_names_and_no_secrets() -> None:
    """Who, what, to whom and how it ended; never an environment or a command line."""
    request = {
        "verb": "spawn",
        "launch": "l1",
        "user": "ada",
        "argv": ["app", "--token", "s3cret"],
        "environment": {"AEN_TOKEN": "s3cret"},
        "files": {"config": "s3cret"},
        "team": [{"user": "bob", "access": "r-x"}],
    }
    text = line(0.0, "wakari", request, "done")
    assert "s3cret" not in text
    assert json.loads(text) == {
        "time": "1970-01-01T00:00:00Z",
        "caller": "wakari",
        "verb": "spawn",
        "launch": "l1",
        "user": "ada",
        "environment": "…",
        "team": ["bob:r-x"],
        "outcome": "done",
    }


@pytest.mark.parametrize(
    "value", ["x\ny" * 1000, [["deep"] * 1000] * 1000, {"a": 1}, 7, None, True]
)
def test_one_short_line_whatever_was_sent(value: object) -> None:
    """What is refused is written down as well, and nobody can forge a line by it."""
    text = line(0.0, "root", {"verb": value, "user": value, "x": value}, "refused")
    assert "\n" not in text
    assert len(text) < 10_000
    assert json.loads(text)["outcome"] == "refused"


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="the log is root's")
def test_the_log_is_roots_alone(tmp_path: Path) -> None:
    """Made with its directory; a link or a second name in its place is refused."""
    path = tmp_path / "log/helper.log"
    for text in ("one", "two"):
        log = open_audit(str(path))
        write(log, text)
        os.close(log)
    assert path.read_text() == "one\ntwo\n"
    assert path.stat().st_mode & 0o777 == 0o600
    (tmp_path / "log/second").hardlink_to(path)
    with pytest.raises(Refused, match="move it away"):
        open_audit(str(path))
    (tmp_path / "log/link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Refused, match="cannot be written"):
        open_audit(str(tmp_path / "log/link"))
    assert not (tmp_path / "elsewhere").exists()


def test_a_full_disk_undoes_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    """What was done is done; whoever looks after the node hears of it."""
    full = os.open("/dev/full", os.O_WRONLY)
    write(full, "one")
    os.close(full)
    assert "cannot be written" in capfd.readouterr().err
