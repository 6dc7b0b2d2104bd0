"""What tells one state of an environment from another."""

import os
import subprocess
import sys
from pathlib import Path

from aen.compute.environments import fingerprint
from aen.compute.environments.fingerprint import fingerprint as taken


def test_every_change_is_seen(tmp_path: Path) -> None:
    """New, longer, later, gone, moved; what comes with use is not one."""
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "six.py").write_text("1")
    (tmp_path / "link").symlink_to("lib")
    seen = [taken(str(tmp_path))]
    (tmp_path / "lib" / "__pycache__").mkdir()
    (tmp_path / ".lock").touch()
    assert taken(str(tmp_path)) == seen[0]
    for change in (
        (tmp_path / "lib" / "new.py").touch,
        lambda: (tmp_path / "lib" / "six.py").write_text("12"),
        lambda: os.utime(tmp_path / "lib" / "six.py", ns=(1, 1)),
        lambda: (tmp_path / "lib").rename(tmp_path / "lib2"),
        (tmp_path / "empty").mkdir,
        (tmp_path / "link").unlink,
    ):
        change()
        seen.append(taken(str(tmp_path)))
    assert len(set(seen)) == len(seen)


def test_it_is_a_program(tmp_path: Path) -> None:
    """Run as a child."""
    argv = (sys.executable, "-I", "-S", fingerprint.__file__, str(tmp_path))
    said = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    assert said == taken(str(tmp_path)) + "\n"
