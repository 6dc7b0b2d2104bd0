"""Project files are copied as docs/backup.md says, and nothing of them is lost."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.installed import ROOT

pytestmark = [
    pytest.mark.system,
    pytest.mark.root,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away"),
    pytest.mark.skipif(
        not shutil.which("rsync") or not shutil.which("setfacl"),
        reason="rsync or setfacl is not there",
    ),
]
OWNER, MEMBER = 54321, 54322
"""Accounts that this machine need not know: owners are copied by number."""
_COMMAND = re.compile(r"rsync -\w+ --numeric-ids(?: --delete)? [^\s`]+ [^\s`]+")
ACCESS, DEFAULT = "system.posix_acl_access", "system.posix_acl_default"


def commands() -> list[list[str]]:
    """Return the commands of the page, in their order."""
    text = (ROOT / "docs/backup.md").read_text("utf-8")
    return [found.split() for found in _COMMAND.findall(text)]


def run(command: list[str], places: dict[str, Path]) -> None:
    """Run a command of the page with folders of ours in the place of those there."""
    subprocess.run(
        [f"{places[one]}/" if one in places else one for one in command], check=True
    )


def lay(root: Path) -> None:
    """Lay a project with a team, two names of one file, and what a node remembers."""
    home = root / "ada/lab"
    home.mkdir(parents=True)
    (root / ".state").mkdir(mode=0o700)
    (root / ".state/p1.json").write_text("{}")
    (home / "notes.txt").write_text("kept")
    (home / "same.txt").hardlink_to(home / "notes.txt")
    (home / "link").symlink_to("notes.txt")
    for path in (home, home / "notes.txt"):
        os.chown(path, OWNER, OWNER)
        subprocess.run(("setfacl", "-m", f"u:{MEMBER}:rwX", path), check=True)
    subprocess.run(("setfacl", "-d", "-m", f"u:{MEMBER}:rwx", home), check=True)


def told(root: Path) -> dict[str, tuple[object, ...]]:
    """Return what is known of each file."""
    found: dict[str, tuple[object, ...]] = {}
    for path in sorted(root.rglob("*")):
        about = path.lstat()
        names = [] if path.is_symlink() else sorted(os.listxattr(path))
        lists = [(name, os.getxattr(path, name)) for name in names]
        found[str(path.relative_to(root))] = (
            *(about.st_mode, about.st_uid, about.st_gid, about.st_nlink),
            *(int(about.st_mtime), lists),
        )
    return found


def test_there_and_back(tmp_path: Path) -> None:
    """Owners, modes, times, access lists, links; what was removed is removed there."""
    first, second, back = commands()
    assert first == second
    assert back[-2:] == first[-1:] + first[-2:-1]
    projects, there, again = (tmp_path / one for one in ("projects", "there", "again"))
    lay(projects)
    extra = projects / "ada/lab/extra.txt"
    extra.write_text("short-lived")
    places = {first[-2]: projects, first[-1]: there}
    run(first, places)
    extra.unlink()
    run(second, places)
    run(back, {first[-1]: there, first[-2]: again})
    before = told(projects)
    assert before["ada/lab/notes.txt"][1] == OWNER
    assert before["ada/lab/notes.txt"][3] == 2
    assert {name for name, _ in before["ada/lab"][-1]} >= {ACCESS, DEFAULT}  # type: ignore[attr-defined]
    assert told(again) == before
