"""Changes by a member of a team, with real rights: each as an account of its own."""

import json
import os
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aen.compute.disk.clone import Cloner
from aen.compute.environments.tool import inside_program
from tests.compute.digests import digest, names_in
from tests.compute.fakes import small_template

pytestmark = [
    pytest.mark.root,
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root"),
]
OWNER, MEMBER, OUTSIDER = 61001, 61002, 61003  # numbers without accounts will do
ACCESS, DEFAULT = "system.posix_acl_access", "system.posix_acl_default"
NOBODY = 0xFFFFFFFF
STAGED = ".aen-0123456"


def acl(mask: int, others: int) -> bytes:
    """Return the entries that let owner and member in."""
    entries = [(1, 7, NOBODY), (2, 7, OWNER), (2, 7, MEMBER)]
    entries += [(4, 7, NOBODY), (16, mask, NOBODY), (32, others, NOBODY)]
    packed = b"".join(struct.pack("<HHI", *one) for one in entries)
    return struct.pack("<I", 2) + packed


def settle(path: Path) -> None:
    """Give *path* to the owner as a start does; files of several names stay."""
    about = path.lstat()
    if path.is_symlink() or (not path.is_dir() and about.st_nlink > 1):
        return
    os.chown(path, OWNER, OWNER)
    if path.is_dir():
        path.chmod(0o2770)
        os.setxattr(path, ACCESS, acl(7, 0))
        os.setxattr(path, DEFAULT, acl(7, 0))
    else:
        executable = about.st_mode & 0o100
        os.setxattr(path, ACCESS, acl(7 if executable else 6, 0))


@pytest.fixture
def lab() -> Iterator[Path]:
    """Return ada/lab with an environment, where other accounts can go."""
    place = Path(tempfile.mkdtemp(prefix="aen-"))
    place.chmod(0o755)
    home = place / "root" / "ada" / "lab"
    (home / "envs").mkdir(parents=True)
    template = small_template(place / "template")
    prefix = home / "envs" / "default"
    Cloner(str(template), str(prefix), str(prefix), link=True).run(lambda *_: None)
    try:
        for path in (home, *home.rglob("*")):
            settle(path)
    except OSError as error:
        shutil.rmtree(place)
        pytest.skip(f"no ACLs here: {error.strerror}")
    yield home
    shutil.rmtree(place)


def run(uid: int, *argv: str, at: Path) -> "subprocess.CompletedProcess[str]":
    """Run a program as an account, in the project."""
    who = ("--reuid", str(uid), "--regid", str(uid), "--clear-groups")
    return subprocess.run(
        ("/bin/sh", "-c", 'umask 007; exec "$@"', "sh", "setpriv", *who, *argv),
        cwd=at,
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


def step(uid: int, home: Path, verb: str, **arguments: Any) -> dict[str, Any]:
    """Do a step of `inside` as an account; return its answer."""
    given = json.dumps({"project": str(home), **arguments})
    done = run(uid, *inside_program(), verb, given, at=home)
    assert done.stdout, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def can(uid: int, home: Path, script: str) -> bool:
    """Whether a script succeeds for an account."""
    return run(uid, "/bin/sh", "-ec", script, at=home.parents[1]).returncode == 0


def shared(home: Path) -> os.stat_result:
    """Return what is known of a file that the template shares."""
    (found,) = (home / "envs" / "default").rglob("six.py")
    return found.stat()


@pytest.mark.parametrize("base", [False, True])
def test_a_member_changes_the_environment(
    base: bool,  # noqa: FBT001
    lab: Path,
) -> None:
    """It stays everybody's of the team; the template is not touched.

    A copy cannot link the template's files, which are another account's: with a clone
    to begin with it need not.
    """
    template = lab.parents[2] / "template"
    before, file = digest(template), shared(lab)
    more = {}
    if base:
        clone = lab / "envs" / "_aen-0123456"
        Cloner(str(template), str(clone), str(clone), link=True).run(lambda *_: None)
        for path in (clone, *clone.rglob("*")):
            settle(path)
        more = {"base": clone.name}
    named = {"source": "default", "name": "default", "staged": STAGED}
    copied = step(MEMBER, lab, "copy", **named, **more)["result"]
    assert can(MEMBER, lab, f"echo {lab}/{STAGED} > {lab}/{STAGED}/installed")
    place = {"name": "default", "staged": STAGED, "mark": copied["mark"]}
    assert "result" in step(MEMBER, lab, "end", **place, new=False)
    assert names_in(lab) == ["envs"]
    assert names_in(lab / "envs") == ["default"]
    prefix = lab / "envs" / "default"
    assert (prefix / "installed").read_text() == f"{prefix}\n"
    assert (shared(lab).st_ino == file.st_ino) is base
    for uid in (OWNER, MEMBER):
        assert can(uid, lab, f"{prefix}/bin/python -c true; cat {prefix}/installed")
        assert can(uid, lab, f"echo x >> {prefix}/installed; touch {prefix}/lib/{uid}")
        assert can(uid, lab, f"rm {prefix}/lib/{uid}; test -x {prefix}/bin/tool")
    assert not can(OUTSIDER, lab, f"ls {prefix}")
    assert digest(template) == before


def test_the_owner_goes_on_after_a_member(lab: Path) -> None:
    """And the other way round: whose files are whose does not keep either out."""
    for uid in (MEMBER, OWNER, MEMBER):
        named = {"source": "default", "name": "default", "staged": STAGED}
        copied = step(uid, lab, "copy", **named)["result"]
        place = {"name": "default", "staged": STAGED, "mark": copied["mark"]}
        assert "result" in step(uid, lab, "end", **place, new=False)
        assert names_in(lab) == ["envs"]
    assert "result" in step(OWNER, lab, "withdraw", name="default", staged=STAGED)
    assert names_in(lab / "envs") == []


def test_an_outsider_changes_nothing(lab: Path) -> None:
    """The system refuses, in words."""
    before = digest(lab)
    named = {"source": "default", "name": "default", "staged": STAGED}
    assert "Permission denied" in step(OUTSIDER, lab, "copy", **named)["error"]
    answer = step(OUTSIDER, lab, "withdraw", name="default", staged=STAGED)
    assert answer["kind"] in {"disk", "refused"}
    assert digest(lab) == before


def test_a_link_of_the_owners_takes_nothing_of_a_member(lab: Path) -> None:
    """What is put in place of an environment does not use the member's rights."""
    place = lab.parents[2] / "members"
    place.mkdir(mode=0o700)
    (place / "thesis").write_text("ten years")
    for path in (place, place / "thesis"):
        os.chown(path, MEMBER, MEMBER)
    shutil.rmtree(lab / "envs" / "default")
    (lab / "envs" / "default").symlink_to(place)
    named = {"source": "default", "name": "default", "staged": STAGED}
    assert "is a link" in step(MEMBER, lab, "copy", **named)["error"]
    assert "result" in step(MEMBER, lab, "withdraw", name="default", staged=STAGED)
    assert (place / "thesis").read_text() == "ten years"
    assert names_in(lab) == ["envs"]
